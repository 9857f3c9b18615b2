import csv
import json
import re
from itertools import pairwise

import pytest

from partners.management.commands.load_communes import NOT_COMMUNES, REGISTER


@pytest.fixture(scope="module")
def drawn():
    return json.loads((REGISTER.parent / "map.json").read_text())


def lines_of(path):
    """The corners of each line or ring of the path, absolute."""
    lines, (x, y) = [], (0, 0)
    for part in re.findall(r"m[^m]+", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        corners = [(x := x + dx, y := y + dy) for dx, dy in zip(numbers[::2], numbers[1::2], strict=True)]
        if part.endswith("z"):
            x, y = corners[0]
        lines.append(corners)
    return lines


def edges_of(path):
    return {edge for ring in lines_of(path) for edge in pairwise([*ring, ring[0]])}


def area_of(ring):
    return sum(x * v - u * y for (x, y), (u, v) in pairwise([*ring, ring[0]])) / 2


def test_the_map_has_the_communes_of_the_register_and_nothing_that_is_none(drawn):
    with REGISTER.open(newline="") as file:
        register = {int(row["bfs_no"]) for row in csv.DictReader(file) if row["canton"]} - NOT_COMMUNES
    numbers = [int(number) for number in drawn["communes"]]
    assert len(numbers) == 2110
    assert set(numbers) == register
    assert not NOT_COMMUNES & set(numbers)
    assert numbers == sorted(numbers)


def test_every_commune_is_made_of_closed_rings_and_can_be_seen(drawn):
    for number, path in drawn["communes"].items():
        assert re.fullmatch(r"(m-?\d+([ -]\d+){5,}z)+", path), number
        areas = [area_of(ring) for ring in lines_of(path)]
        # Holes go round in the other direction; the smallest commune is a pixel and a half where the map is 960 wide.
        assert areas[0] > 0, number
        assert sum(areas) > 12, number


def test_all_of_it_lies_inside_the_view_box(drawn):
    left, top, width, height = drawn["viewBox"]
    paths = [*drawn["communes"].values(), drawn["lakes"], drawn["cantons"], drawn["country"]]
    corners = [corner for path in paths for line in lines_of(path) for corner in line]
    assert left < min(x for x, _y in corners) < max(x for x, _y in corners) < left + width
    assert top < min(y for _x, y in corners) < max(y for _x, y in corners) < top + height


def test_no_gap_is_left_between_neighbours(drawn):
    communes = set.union(*(edges_of(path) for path in drawn["communes"].values()))
    alone = {edge for edge in communes if edge[::-1] not in communes}
    shores = edges_of(drawn["lakes"])
    outside = edges_of(drawn["country"]) | shores | {edge[::-1] for edge in shores}
    # What is left goes round the three that are no communes, and round slivers that the source has beside some lakes.
    assert len(alone - outside) < 60


def test_the_source_is_named(drawn):
    assert drawn["source"] == "Bundesamt für Statistik (BFS), GEOSTAT"
