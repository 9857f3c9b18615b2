from django.db import migrations

# The orders in which tables can be joined are many: with the eight that Postgres tries by itself, the page of a parcel
# took 5 ms to plan and 0.2 to answer. Every statement here begins at the rows it is about, so that its own order is a
# good one. Compiling a plan pays for statements that take seconds, and no page has one.
QUICKLY = """
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET join_collapse_limit = 6', current_database());
  EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
END $$;
"""
AS_BEFORE = """
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I RESET join_collapse_limit', current_database());
  EXECUTE format('ALTER DATABASE %I RESET jit', current_database());
END $$;
"""


class Migration(migrations.Migration):
    """A page's statements read few rows: they are not to be thought about longer than they take."""

    dependencies = [("records", "0002_looking_up_is_cheap")]
    operations = [migrations.RunSQL(QUICKLY, AS_BEFORE)]
