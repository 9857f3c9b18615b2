from django.db import migrations

# Postgres' own figure, 4, is for turning disks: by it, some hundred rows that are open are found dearer through an index
# than by reading all that was ever there. It holds for every login and from the next connection on.
LOOKING_UP_IS_CHEAP = """
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1.1', current_database()); END $$;
"""
AS_BEFORE = """
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET random_page_cost', current_database()); END $$;
"""


class Migration(migrations.Migration):
    """Where the rows lie that a page shows: on disks that don't turn, most of them in memory."""

    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunSQL(LOOKING_UP_IS_CHEAP, AS_BEFORE)]
