from pathlib import Path

import pytest
from django.apps import apps

from billing.lifecycle import InvoiceState
from records.lifecycle import Lifecycle
from shipping.lifecycle import ShipmentStage

SHOWN = [model.Status for model in apps.get_models() if issubclass(model, Lifecycle)] + [InvoiceState, ShipmentStage]


@pytest.mark.parametrize("statuses", SHOWN)
def test_every_status_has_a_word_a_known_tone_and_an_icon_of_the_sprite(statuses):
    sprite = set((Path(__file__).parents[2] / "static/icons.txt").read_text().split())
    for status in statuses:
        assert status.look.word
        assert status.look.tone in {"wait", "work", "move", "done", "stop", "none"}
        assert status.look.icon in sprite


@pytest.mark.parametrize("statuses", SHOWN)
def test_a_status_says_what_comes_next_where_the_others_do(statuses):
    silent = [status for status in statuses if status.next_step is None]
    assert silent in ([], list(statuses)), f"say in {statuses.__module__} what comes next for {silent}"
    for status in set(statuses) - set(silent):
        assert status.next_step.actor in {"partner", "association", "post", "nobody"}


def test_the_choices_of_a_field_are_the_words():
    assert InvoiceState.choices[0] == ("draft", "Draft")
    assert InvoiceState("draft").label == "Draft"
