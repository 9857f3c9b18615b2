"""What is forgotten when a status or a verb is added: one sentence each."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from records.lifecycle import Lifecycle

ROOT = Path(__file__).resolve().parent.parent
LIFE_CYCLES = {model.__name__: model for model in apps.get_models() if issubclass(model, Lifecycle)}
# Arrows of a life cycle that nobody can take yet: action, page and test come with what needs them.
LATER = {
    "Partner": set(),
    "Notice": set(),
    "DeviceRequest": {"undo_ship"},
    "Device": {"undo_ship", "start_over", "find"},
    "Shipment": {"relabel", "undo_hand_over"},
    "Round": {"close_round", "reopen_round", "hand_over_round", "undo_hand_over_round"},
    "Invoice": set(),
}
# What has an action and no page of its own.
WITHOUT_A_PAGE = {
    "Partner": {"succeed": "requests.take_over"},
    "DeviceRequest": {
        "receive": "the form of a new request",
        "ship": "shipping.hand_over",
        "record_delivery": "shipping.record_delivery",
        "record_loss": "shipping.record_loss",
        "record_return": "shipping.record_return",
    },
    "Device": {
        "reserve": "requests.allocate",
        "release": "requests.release",
        "ship": "shipping.hand_over",
        "record_delivery": "shipping.record_delivery",
        "record_loss": "shipping.record_loss",
        "record_return": "shipping.record_return",
        "repair": "later: so far the demo only",
        "report_missing": "later: so far the demo only",
        "pass_on": "later: so far the demo only",
        "scrap": "later: so far the demo only",
    },
    "Shipment": {
        "make_label": "a job",
        "close_parcel": "the scan station",
        "record_delivery": "later: so far the demo only",
        "record_loss": "later: so far the demo only",
        "record_return": "later: so far the demo only",
    },
}
VERBS = [(name, verb) for name, model in LIFE_CYCLES.items() for verb in (*model.MOVES, *model.NOTES)]
FACTS = {"billed", "paid"}  # written from further up the chain


def app_of(name):
    return LIFE_CYCLES[name]._meta.app_label


@pytest.mark.parametrize(("name", "verb"), VERBS)
def test_every_verb_has_an_action_of_its_name(name, verb):
    has_action = callable(getattr(import_module(f"{app_of(name)}.actions"), verb, None))
    if verb in LATER[name]:
        assert not has_action, f"{app_of(name)}.actions.{verb} is there: take “{verb}” out of LATER"
    elif verb not in FACTS:
        assert has_action, f"write {app_of(name)}.actions.{verb}, or name “{verb}” in LATER"


@pytest.mark.parametrize(("name", "verb"), VERBS)
def test_every_verb_with_an_action_has_a_page_of_its_name(name, verb):
    app = app_of(name)
    views = import_module(f"{app}.urls").urlpatterns
    view = next((path.callback for path in views if path.name == verb), None)
    if verb in LATER[name] | FACTS or verb in WITHOUT_A_PAGE.get(name, {}):
        assert view is None, f"{app}:{verb} is there: take “{verb}” out of LATER or WITHOUT_A_PAGE"
    else:
        assert view is not None, f"give {app}/urls.py a path named “{verb}”, or name it in WITHOUT_A_PAGE"
        assert view.__name__ == verb, f"the view of {app}:{verb} is called {view.__name__}"


def test_every_verb_with_an_action_is_tested():
    text = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    for name, verb in VERBS:
        if verb not in LATER[name] and verb not in FACTS:
            is_tested = f"/{verb.replace('_', '-')}/" in text or f'"{verb}"' in text or f"actions.{verb}" in text
            assert is_tested, f"no test takes {app_of(name)}’s “{verb}”"


def calls():
    """Each call of `move`, `note` and `note_many` in the apps: where, which of them, the verb."""
    for path in sorted(ROOT.glob("[a-z]*/**/*.py")):
        if path.relative_to(ROOT).parts[0] in {"tests", "benchmarks", "static"} or path.name == "lifecycle.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"move", "note", "note_many"}:
                verb = node.args[name == "note_many"]
                yield f"{path.relative_to(ROOT)}:{node.lineno}", name, getattr(verb, "value", None)


def test_every_call_of_move_and_note_names_a_verb_that_a_table_knows():
    moves = {verb for model in LIFE_CYCLES.values() for verb in model.MOVES}
    notes = {verb for model in LIFE_CYCLES.values() for verb in model.NOTES}
    found = list(calls())
    assert len(found) > 20
    for where, name, verb in found:
        known = moves if name == "move" else notes
        assert verb in known, f"{where} calls {name} with {verb!r}, which no table knows: write the verb out"


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(f"run manage.py makemigrations: {capsys.readouterr().out}")
