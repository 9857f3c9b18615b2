"""Holds docker-compose.yml against the compose schema in vendor/: `python docker/validate.py`."""

import json
import sys
from pathlib import Path

import yaml
from jsonschema.validators import validator_for

HERE = Path(__file__).resolve().parent
SCHEMA = HERE / "vendor" / "compose-spec.json"
COMPOSE = HERE.parent / "docker-compose.yml"


def faults(compose):
    """A sentence per place where a compose file, given as data, breaks the schema."""
    schema = json.loads(SCHEMA.read_text())
    errors = validator_for(schema)(schema).iter_errors(compose)
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


if __name__ == "__main__":
    sys.exit("\n".join(faults(yaml.safe_load(COMPOSE.read_text()))) or 0)
