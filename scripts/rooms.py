"""The rooms of the house, drawn from their imports: ``python scripts/rooms.py`` writes the picture.

A room stands on the floor above the highest room that it knows; an arrow points to what it knows.
What follows from other arrows is left out: who knows `workflow` knows what `workflow` knows.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path

import grimp

PICTURE = Path(__file__).parents[1] / "docs" / "rooms.svg"
WIDTH, BOX_WIDTH, BOX_HEIGHT, FLOOR = 860, 104, 30, 74

Rooms = Mapping[str, frozenset[str]]
Places = Mapping[str, tuple[float, float]]


def main() -> None:
    """Write the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(rooms()), "utf-8")
    sys.stdout.write(f"{PICTURE}\n")


def rooms() -> Rooms:
    """Return which rooms each room's modules import."""
    graph = grimp.build_graph("liverplan", cache_dir=None)
    known: dict[str, set[str]] = {}
    for module in sorted(graph.modules):
        for imported in graph.find_modules_directly_imported_by(module):
            above, below = _room(module), _room(imported)
            if above and below and above != below:
                known.setdefault(above, set()).add(below)
                known.setdefault(below, set())
    return {room: frozenset(below) for room, below in sorted(known.items())}


def _room(module: str) -> str:
    name = [*module.split("."), ""][1]
    return "" if name == "__main__" else name


def drawn(known: Rooms) -> str:
    """Return the picture as SVG."""
    floors = _floors(known)
    arrows = _telling(known)
    places = _places(floors, arrows)
    height = FLOOR * len(floors)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">',
        "<title>The rooms of liverplan and what each knows, as its imports say</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#667"/></marker>',
        *(_arrow(places[above], places[below]) for above, below in arrows),
        *(_box(room, place) for room, place in places.items()),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _floors(known: Rooms) -> list[list[str]]:
    """Return the rooms by floor, from the ground up."""
    at: dict[str, int] = {}

    def floor_of(room: str) -> int:
        if room not in at:
            at[room] = 1 + max((floor_of(below) for below in known[room]), default=-1)
        return at[room]

    highest = max(floor_of(room) for room in known)
    return [[room for room in known if at[room] == floor] for floor in range(highest + 1)]


def _telling(known: Rooms) -> list[tuple[str, str]]:
    """Return the arrows that do not follow from others."""
    return [
        (above, below)
        for above, those in known.items()
        for below in sorted(those)
        if not any(below in _all_below(known, other) for other in those - {below})
    ]


def _all_below(known: Rooms, room: str) -> set[str]:
    return {room for below in known[room] for room in {below, *_all_below(known, below)}}


def _places(floors: list[list[str]], arrows: list[tuple[str, str]]) -> Places:
    """Place each floor's rooms evenly, each near the middle of what it knows."""
    places: dict[str, tuple[float, float]] = {}
    for floor, those in enumerate(floors):
        wanted = {
            room: _mean([places[below][0] for above, below in arrows if above == room])
            for room in those
        }
        y = FLOOR * (len(floors) - floor - 0.5)
        for n, room in enumerate(sorted(those, key=lambda room: (wanted[room], room))):
            places[room] = (WIDTH * (n + 0.5) / len(those), y)
    return places


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else WIDTH / 2


def _arrow(above: tuple[float, float], below: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = above, below
    half = BOX_HEIGHT / 2
    return (
        f'<path d="M{x1:.0f} {y1 + half:.0f} L{x2:.0f} {y2 - half:.0f}" stroke="#99a" '
        'fill="none" marker-end="url(#tip)"/>'
    )


def _box(room: str, place: tuple[float, float]) -> str:
    x, y = place
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    return (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5" '
        f'fill="#eef3fb" stroke="#446"/><text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">'
        f"{escape(room)}</text>"
    )


if __name__ == "__main__":
    main()
