"""What the runtime login may do: read and write rows, never truncate, alter or own."""

from typing import Any

from django.conf import settings


def grant_to_runtime(apps: Any, schema_editor: Any) -> None:
    login = schema_editor.quote_name(settings.DATABASES["default"]["USER"])
    if schema_editor.connection.settings_dict["USER"] == settings.DATABASES["default"]["USER"]:
        return  # one login only: nothing to hand on
    for objects, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        schema_editor.execute(f"GRANT {rights} ON ALL {objects} IN SCHEMA public TO {login}")
        schema_editor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {objects} TO {login}")
