#!/usr/bin/env python
"""Run a command, such as `manage.py close_month 2026-10 --dry-run`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
