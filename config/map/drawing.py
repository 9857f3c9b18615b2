"""The map and its bars as SVG, coloured by class."""

import json
import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from documents.templatetags.swiss import number as counted

from .data import MapData, Place, Year

SHAPES = Path(settings.BASE_DIR) / "partners" / "data" / "map.json"
WIDTH = 960  # what stroke widths and letters of the map are made for
CHART_WIDTH, BASE, TALLEST = 640, 118, 94  # of the bars


class Geometry(NamedTuple):
    """The shapes of the register's communes, as `bin/map` made them; `scale` leads from its steps to our units."""

    communes: dict[int, str]
    lakes: str
    cantons: str
    country: str
    height: float
    scale: float


@cache
def geometry() -> Geometry:
    read = json.loads(SHAPES.read_text())
    _left, _top, width, height = read["viewBox"]
    scale = WIDTH / width
    communes = {int(number): path for number, path in read["communes"].items()}
    return Geometry(communes, read["lakes"], read["cantons"], read["country"], round(height * scale, 1), scale)


def draw(data: MapData, year: Year, marked: Iterable[Place] = ()) -> SafeString:
    """The whole country in a year; each shape has the colour of the commune whose ground it is today."""
    shapes = geometry()
    paths = []
    for number, path in shapes.communes.items():
        now = data.followers.get(number, number)
        moved = f' data-commune="{now}"' if now != number else ""
        paths.append(f'<path id="c{number}" class="wg-m{year.level(now)}" d="{path}"{moved}/>')
    return mark_safe(  # noqa: S308 - our own file and numbers
        f'<svg class="wg-map" id="map" viewBox="0 0 {WIDTH} {shapes.height}" role="img" aria-labelledby="map-lead">'
        f'<g transform="scale({shapes.scale:.6g})"><g class="wg-communes">{"".join(paths)}</g>'
        f'<path class="wg-lake" d="{shapes.lakes}"/><path class="wg-border" d="{shapes.cantons}"/>'
        f'<path class="wg-outline" d="{shapes.country}"/></g>'
        f'<g id="map-marks">{"".join(_mark(data, place, is_named=not n) for n, place in enumerate(marked))}</g></svg>'
    )


def _mark(data: MapData, place: Place, *, is_named: bool) -> str:
    """A ring around a commune, and its name above."""
    shapes = geometry()
    own = [path for number, path in shapes.communes.items() if data.followers.get(number, number) == place.number]
    if not own:
        return ""
    ring = f'<path class="wg-here" transform="scale({shapes.scale:.6g})" d="{"".join(own)}"/>'
    if not is_named:
        return ring
    points = [point for path in own for point in _corners(path)]
    xs, ys = ([point[axis] * shapes.scale for point in points] for axis in (0, 1))
    middle, top = (min(xs) + max(xs)) / 2, min(ys) - 8
    if top < 24:
        top = max(ys) + 26
    anchor = "start" if middle < WIDTH / 5 else "end" if middle > WIDTH * 4 / 5 else "middle"
    return (
        f'{ring}<text class="wg-pin" x="{middle:.0f}" y="{top:.0f}" text-anchor="{anchor}">{escape(place.name)}</text>'
    )


def _corners(path: str) -> list[tuple[int, int]]:
    """The points of a path of whole relative steps."""
    found: list[tuple[int, int]] = []
    x, y = 0, 0
    for ring in re.findall(r"m[^mz]+", path):
        steps = [int(step) for step in re.findall(r"-?\d+", ring)]
        xs, ys = (list(accumulate(steps[axis::2], initial=start))[1:] for axis, start in ((0, x), (1, y)))
        found += zip(xs, ys, strict=True)
        x, y = xs[0], ys[0]
    return found


def draw_chart(data: MapData, year: Year, label: Any) -> SafeString:
    """The communes taking part, a bar for each year: the scale of the slider above."""
    step = CHART_WIDTH / len(data.years)
    most = max(each.taking_part for each in data.all_years()) or 1
    bars = []
    for place, each in enumerate(data.all_years()):
        height = each.taking_part / most * TALLEST
        middle = (place + 0.5) * step
        bars.append(
            (
                mark_safe(' class="is-now"') if each is year else "",
                each.year,
                f"{middle - step * 0.36:.1f}",
                f"{BASE - height:.1f}",
                f"{step * 0.72:.1f}",
                f"{height:.1f}",
                f"{middle:.1f}",
                f"{BASE - height - 7:.1f}",
                counted(each.taking_part),
            )
        )
    return format_html(
        '<svg class="wg-chart" id="map-chart" viewBox="0 0 {0} 148" role="img" aria-label="{1}">'
        '<line x1="0" x2="{0}" y1="118.5" y2="118.5"/>{2}</svg>',
        CHART_WIDTH,
        label,
        format_html_join(
            "",
            '<g{0} data-year="{1}"><rect x="{2}" y="{3}" width="{4}" height="{5}"/>'
            '<text x="{6}" y="{7}" text-anchor="middle">{8}</text>'
            '<text x="{6}" y="142" text-anchor="middle">{1}</text></g>',
            bars,
        ),
    )
