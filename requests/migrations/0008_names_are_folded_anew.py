from django.db import migrations

ANEW = "REINDEX INDEX people_by_name_words"


class Migration(migrations.Migration):
    """The index of people's names, made by the function as it is now."""

    dependencies = [
        ("requests", "0007_who_asks_twice_is_noticed"),
        ("records", "0004_however_an_apostrophe_is_written"),
    ]
    operations = [migrations.RunSQL(ANEW, ANEW)]
