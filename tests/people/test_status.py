from pathlib import Path

from people.status import LOOKS


def test_every_status_has_a_known_tone_and_an_icon_of_the_sprite():
    sprite = set((Path(__file__).parents[2] / "static/icons.txt").read_text().split())
    for look in LOOKS.values():
        assert look.tone in {"wait", "work", "move", "done", "stop", "none"}
        assert look.icon in sprite
