"""The picture of Switzerland: every commune is in it, and green as it should be."""

import csv
import re

import pytest

from config import hexagons
from partners.management.commands.load_communes import NOT_COMMUNES, REGISTER


def test_every_commune_of_the_register_has_a_hexagon_and_no_other_number_has():
    with REGISTER.open() as file:
        known = {int(row["bfs_no"]) for row in csv.DictReader(file) if row["canton"]} - NOT_COMMUNES
    assert {number for hexagon in hexagons.hexagons() for number in hexagon.communes} == known
    assert len(known) == 2110


@pytest.mark.parametrize(
    ("laptops", "level"), [(0, 1), (4, 1), (5, 2), (9, 2), (10, 3), (19, 3), (20, 4), (49, 4), (50, 5), (5000, 5)]
)
def test_how_green_a_commune_is_does_not_tell_none_from_four(laptops, level):
    assert hexagons.level(laptops) == level


def test_a_hexagon_is_as_green_as_the_greenest_commune_in_it():
    shared = next(hexagon for hexagon in hexagons.hexagons() if len(hexagon.communes) > 1)
    drawn = dict(hexagons.paths({shared.communes[0]: 1, shared.communes[1]: 4}))
    assert drawn["wg-m4"].count("M") == 1
    assert "wg-m1" not in drawn


def test_all_are_drawn_within_the_picture_and_lakes_are_lakes():
    drawn = dict(hexagons.paths({}))
    assert set(drawn) == {"wg-lake", "wg-m0"}
    assert sum(path.count("M") for path in drawn.values()) == len(hexagons.hexagons())
    left, top, width, height = map(float, hexagons.view_box().split())
    tips = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)", "".join(drawn.values()))]
    assert min(x for x, _y in tips) - 8.2 >= left
    assert max(x for x, _y in tips) + 8.2 <= left + width
    assert min(y for _x, y in tips) >= top
    assert max(y for _x, y in tips) + 18.8 <= top + height
