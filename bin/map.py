"""Makes partners/data/map.json from the TopoJSON of the npm package swiss-maps; bin/map fetches that and calls this."""

import heapq
import json
import sys
from collections import defaultdict
from itertools import groupby, pairwise
from pathlib import Path

SOURCE = "Bundesamt für Statistik (BFS), GEOSTAT"
NOT_COMMUNES = {2391, 5391, 5394}  # the forest Staatswald Galm and commons in Ticino
WIDTH = 2880  # steps of the grid: three to a pixel where the map is 960 wide; with one, small communes would be stairs
MARGIN = 6  # steps around all of it, for the outline's width
DETAIL = 6  # square steps: a corner that changes less is left out; a pixel is nine


def draw(topology):
    """What stands in the file."""
    layers = decode(topology)
    communes, lakes, cantons = layers["municipalities"], layers["lakes"], layers["cantons"]
    for number in NOT_COMMUNES:
        del communes[number]
    rings = [ring for layer in (communes, lakes, cantons) for several in layer.values() for ring in several]
    exact = to_steps({point: to_lv95(point, topology["transform"]) for ring in rings for point in ring})
    rounded = {point: (round(x), round(y)) for point, (x, y) in exact.items()}
    kept = simplify(rings, exact)
    keep_shapes(rings, exact, rounded, kept)

    def path(lines, closed=True):
        return to_path([[rounded[point] for point in line if point in kept] for line in lines], closed)

    outline, inner = borders(cantons.values(), communes.values())
    return {
        "source": SOURCE,
        "viewBox": [0, 0, WIDTH, max(y for _x, y in rounded.values()) + MARGIN],
        "communes": {str(number): path(communes[number]) for number in sorted(communes)},
        "lakes": path([ring for _number, several in sorted(lakes.items()) for ring in several]),
        "cantons": path(inner, closed=False),
        "country": path(outline),
    }


def decode(topology):
    """The rings of each feature of each layer, in points of the topology's own grid, none twice in a row."""
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arcs.append([(x := x + dx, y := y + dy) for dx, dy in steps])

    def ring(numbers):
        points = [point for n in numbers for point in (arcs[n][:-1] if n >= 0 else arcs[~n][:0:-1])]
        return [point for before, point in zip([points[-1], *points], points, strict=False) if point != before]

    layers = {}
    for name, layer in topology["objects"].items():
        layers[name] = defaultdict(list)
        for shape in layer["geometries"]:
            polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
            layers[name][shape["id"]] += [ring(numbers) for polygon in polygons for numbers in polygon]
    return layers


def to_lv95(point, transform):
    """East and north in metres, by swisstopo's approximation, which is right to a metre."""
    longitude, latitude = (
        number * scale + start
        for number, scale, start in zip(point, transform["scale"], transform["translate"], strict=True)
    )
    x, y = (longitude * 3600 - 26782.5) / 10000, (latitude * 3600 - 169028.66) / 10000
    return (
        2600072.37 + 211455.93 * x - 10938.51 * x * y - 0.36 * x * y**2 - 44.54 * x**3,
        1200147.07 + 308807.95 * y + 3745.25 * x**2 + 76.63 * y**2 - 194.56 * x**2 * y + 119.79 * y**3,
    )


def to_steps(metres):
    """Each point's place in steps of the grid, right and down from the upper left corner."""
    easts, norths = zip(*metres.values(), strict=True)
    west, north = min(easts), max(norths)
    step = (max(easts) - west) / (WIDTH - 2 * MARGIN)
    return {point: ((e - west) / step + MARGIN, (north - n) / step + MARGIN) for point, (e, n) in metres.items()}


def simplify(rings, exact):
    """The points that stay: where lines meet, and what Visvalingam leaves of the lines between.

    A line that two neighbours share is simplified once, so no gap opens. The topology's arcs are not these lines: it
    has many a shore twice, for the commune and for the lake, and ends arcs where nothing meets.
    """
    neighbours = defaultdict(set)
    for ring in rings:
        for one, other in closed_pairs(ring):
            neighbours[one].add(other)
            neighbours[other].add(one)
    kept = {point for point, others in neighbours.items() if len(others) != 2}
    seen = set()
    # Where a ring meets nothing, its least point stands for such a place.
    for start in [*sorted(kept), *sorted(neighbours.keys() - kept)]:
        if start in seen:
            continue
        kept.add(start)
        for towards in sorted(neighbours[start]):
            if towards in seen:
                continue
            line = [start, towards]
            while line[-1] not in kept:
                seen.add(line[-1])
                (further,) = neighbours[line[-1]] - {line[-2]}
                line.append(further)
            kept.update(visvalingam(line, exact))
    return kept


def visvalingam(line, exact):
    """The points between the line's ends that make a triangle of some size with those beside them."""
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))

    def triangle(i):
        return abs(area([exact[line[before[i]]], exact[line[i]], exact[line[after[i]]]]))

    sizes = {i: triangle(i) for i in range(1, len(line) - 1)}
    heap = [(size, i) for i, size in sizes.items()]
    heapq.heapify(heap)
    while heap and heap[0][0] < DETAIL:
        size, i = heapq.heappop(heap)
        if sizes.get(i) != size:
            continue
        del sizes[i]
        after[before[i]], before[after[i]] = after[i], before[i]
        for side in {before[i], after[i]} & sizes.keys():
            # Never less than what is gone already: else a curve would melt away corner by corner.
            sizes[side] = max(size, triangle(side))
            heapq.heappush(heap, (sizes[side], side))
    return [line[i] for i in sizes]


def keep_shapes(rings, exact, rounded, kept):
    """Gives a ring all its points back that would turn over, vanish or change its size by a fifth."""
    for ring in rings:
        drawn = area([rounded[point] for point in ring if point in kept])
        if not 0.8 < drawn / area([exact[point] for point in ring]) < 1.2:
            kept.update(ring)


def borders(cantons, communes):
    """The country's rings, and the lines on land between two cantons."""
    steps = {pair for rings in cantons for ring in rings for pair in closed_pairs(ring)}
    on_land = {pair for rings in communes for ring in rings for pair in closed_pairs(ring)}
    # Rings have their inside on one side, so a border is gone along in both directions and the outline in one.
    outline = {pair for pair in steps if pair[::-1] not in steps}
    inner = {pair for pair in steps - outline if pair[0] < pair[1] and {pair, pair[::-1]} & on_land}
    return join(outline, both_ways=False), join(inner, both_ways=True)


def join(pairs, both_ways):
    """The pairs as lines, each as long as it gets."""
    further = defaultdict(list)
    for one, other in sorted(pairs):
        further[one].append(other)
        if both_ways:
            further[other].append(one)
    lines = []
    # Ends and forks first: a line that is begun in its middle becomes two.
    for start in sorted(further, key=lambda point: (len(further[point]) == 2, point)):
        while further[start]:
            line = [start]
            while further[line[-1]]:
                line.append(further[line[-1]].pop())
                if both_ways:
                    further[line[-1]].remove(line[-2])
            lines.append(line)
    return lines


def closed_pairs(ring):
    """Each point of the ring with the next one."""
    return pairwise([*ring, ring[0]])


def area(ring):
    """The area inside the ring, less than zero in the other direction."""
    return sum(x * v - u * y for (x, y), (u, v) in closed_pairs(ring)) / 2


def to_path(lines, closed):
    """Path data in whole relative steps; a ring without an area is left out."""
    path, at = "", (0, 0)
    for line in lines:
        points = [point for point, _again in groupby(line)]
        if closed and not area(points):
            continue
        if closed and points[0] == points[-1]:
            points.pop()
        # Pairs that follow those of an m are lines, and after a z one stands where the ring began.
        steps = [number for (x, y), (u, v) in pairwise([at, *points]) for number in (u - x, v - y)]
        path += "m" + "".join(f"{number:+d}" for number in steps).lstrip("+").replace("+", " ") + "z" * closed
        at = points[0 if closed else -1]
    return path


if __name__ == "__main__":
    topology, out = map(Path, sys.argv[1:])
    drawn = draw(json.loads(topology.read_text()))
    out.write_text(json.dumps(drawn, ensure_ascii=False, separators=(",", ":")) + "\n")
