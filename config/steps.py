"""The steps of a first start, each named on the terminal when it begins."""

import sys

STEPS = (
    "Python packages",  # bin/_bootstrap says this one
    "PostgreSQL and Valkey",
    "the tables of the database",
    "static files",
    "communes and, in a demo, its data (half a minute)",
    "web server, worker and clock",
)


def say_step(number):
    print(f"Step {number} of {len(STEPS)}: {STEPS[number - 1]}", file=sys.stderr, flush=True)
