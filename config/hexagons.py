"""Switzerland in hexagons, for the picture on the public home page: each as green as the greenest commune in it.

The table is drawn by bin/hexagons. Geodata: Bundesamt für Statistik (BFS), GEOSTAT.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "data" / "hexagons.csv"
ACROSS, DOWN = 18, 15.6  # units of the picture from one hexagon to the next
SHAPE = "l8.2 4.7v9.4l-8.2 4.7-8.2-4.7v-9.4z"
LAKE = "wg-lake"
FROM = (5, 10, 20, 50)  # laptops from which a commune is of the next deeper green; 1 takes part, 0 does not yet


class Hexagon(NamedTuple):
    row: int
    column: int
    communes: tuple[int, ...]  # none in a lake


@cache
def hexagons() -> tuple[Hexagon, ...]:
    with TABLE.open(newline="") as file:
        return tuple(
            Hexagon(int(row["row"]), int(row["column"]), tuple(map(int, row["communes"].split())))
            for row in csv.DictReader(file)
        )


def level(laptops: int) -> int:
    """How green a commune that takes part is: from 1 (also with none to four laptops, which is never told) to 5."""
    return 1 + sum(laptops >= bound for bound in FROM)


def paths(levels: Mapping[int, int]) -> list[tuple[str, str]]:
    """The picture: for each shade, by the name of its class, one path. `levels` by BFS number; others are 0."""
    found: dict[str, list[str]] = defaultdict(list)
    for hexagon in hexagons():
        x = hexagon.column * ACROSS + (hexagon.row % 2) * ACROSS // 2 + ACROSS // 2
        deepest = max((levels.get(number, 0) for number in hexagon.communes), default=0)
        shade = f"wg-m{deepest}" if hexagon.communes else LAKE
        found[shade].append(f"M{x} {hexagon.row * DOWN:.1f}{SHAPE}".replace(".0l", "l"))
    return sorted((shade, "".join(shapes)) for shade, shapes in found.items())


def view_box() -> str:
    """What an SVG shows of it."""
    left, right = (pick(hexagon.column for hexagon in hexagons()) for pick in (min, max))
    top, bottom = (pick(hexagon.row for hexagon in hexagons()) for pick in (min, max))
    return f"{left * ACROSS} {top * DOWN:.1f} {(right - left + 1.5) * ACROSS:.0f} {(bottom - top) * DOWN + 20:.0f}"
