#!/usr/bin/env python
"""Run a command, such as `manage.py close_month 2026-10 --dry-run`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connections

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if connections["default"].connection is not None:  # it answers: something else went wrong
            raise
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"The database does not answer ({reason}). Start the demo with bin/start, or look at DATABASE_URL.")
