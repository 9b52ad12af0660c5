"""Prompts: clicks, boxes and strokes in patient coordinates, and the file that holds some."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from liverplan.errors import BackendError

SCHEMA = "liverplan.prompts/1"
LIVER = "liver"
_STRUCTURE = re.compile(r"liver|lesion [1-9]\d?")
_SHAPES = ("click", "box", "stroke")

Point = tuple[float, float, float]
Says = Literal["inside", "outside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A point inside or outside of what is sought, LPS mm."""

    point_mm: Point
    says: Says = "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Two opposite corners of a rectangle on one slice, LPS mm."""

    corners_mm: tuple[Point, Point]
    says: Says = "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line drawn inside or outside of what is sought, from point to point, LPS mm."""

    points_mm: tuple[Point, ...]
    says: Says = "inside"


Prompt = Click | Box | Stroke


def read_prompts(path: Path) -> dict[str, tuple[Prompt, ...]]:
    """Read a file of prompts: for each structure its prompts, in their order.

    Raises
    ------
    BackendError
        One sentence: which prompt has which fault.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BackendError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BackendError(f"{path} is no valid TOML: {error}.") from error
    rows = document.get("prompt")
    if document.get("schema") != SCHEMA or not isinstance(rows, list) or not rows:
        raise BackendError(f'{path} must say schema = "{SCHEMA}" and hold [[prompt]] tables.')
    found: dict[str, tuple[Prompt, ...]] = {}
    for number, row in enumerate(rows, 1):
        structure, prompt = _prompt(row, f"{path}, prompt {number}")
        found[structure] = (*found.get(structure, ()), prompt)
    return _checked(found, path)


def _checked(found: dict[str, tuple[Prompt, ...]], path: Path) -> dict[str, tuple[Prompt, ...]]:
    if LIVER not in found:
        raise BackendError(f'{path} holds no prompt of "{LIVER}".')
    for structure, prompts in found.items():
        if all(prompt.says == "outside" for prompt in prompts):
            raise BackendError(f"{path} says only what is outside of {structure}.")
    return found


def _prompt(row: Any, where: str) -> tuple[str, Prompt]:  # noqa: ANN401 - whatever TOML holds
    shapes = [key for key in _SHAPES if key in row]
    unknown = set(row) - {"of", "says", *_SHAPES}
    if unknown or len(shapes) != 1:
        raise BackendError(f"{where} must hold 'of' and one of {', '.join(_SHAPES)}.")
    structure, says = row.get("of"), row.get("says", "inside")
    if not isinstance(structure, str) or not _STRUCTURE.fullmatch(structure):
        raise BackendError(f'{where}: \'of\' must be "liver" or like "lesion 1".')
    if says not in ("inside", "outside"):
        raise BackendError(f'{where}: \'says\' must be "inside" or "outside".')
    return structure, _shape(shapes[0], row[shapes[0]], says, where)


def _shape(kind: str, value: Any, says: Says, where: str) -> Prompt:  # noqa: ANN401
    if kind == "click":
        return Click(point_mm=_point(value, where), says=says)
    if not isinstance(value, list) or len(value) < 2 or (kind == "box" and len(value) != 2):
        count = "2" if kind == "box" else "2 or more"
        raise BackendError(f"{where}: a {kind} is a list of {count} points.")
    points = tuple(_point(point, where) for point in value)
    if kind == "box":
        return Box(corners_mm=(points[0], points[1]), says=says)
    return Stroke(points_mm=points, says=says)


def _point(value: Any, where: str) -> Point:  # noqa: ANN401
    numbers = isinstance(value, list) and all(
        isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in value
    )
    if not numbers or len(value) != 3:
        raise BackendError(f"{where}: {value!r} is not a point of three numbers.")
    x, y, z = (float(n) for n in value)
    return x, y, z
