"""What is mutated, and which tests are to notice it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Room:
    """Modules that judge, and the tests that hold them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "eligibility": Room(
        modules=("liverplan/eligibility/**/*.py",),
        tests=("tests/eligibility", "tests/words"),
    ),
    "findings": Room(
        modules=("liverplan/findings.py", "liverplan/findings/*.py"),
        tests=(
            "tests/test_findings.py",
            "tests/test_statement.py",
            "tests/workflow/test_evaluate.py",
        ),
    ),
    "verbs": Room(
        modules=(
            "liverplan/workflow/evaluate.py",
            "liverplan/workflow/measuring.py",
            "liverplan/workflow/committee.py",
        ),
        tests=(
            "tests/workflow/test_evaluate.py",
            "tests/workflow/test_measuring.py",
            "tests/workflow/test_assess.py",
            "tests/workflow/test_committee.py",
            "tests/workflow/test_no_path_to_eligible.py",
        ),
    ),
    "uncertainty": Room(
        modules=(
            "liverplan/volumetry/uncertainty.py",
            "liverplan/volumetry/plan_doubt.py",
            "liverplan/volumetry/doubt_points.py",
            "liverplan/volumetry/uncertainty/*.py",
        ),
        tests=(
            "tests/volumetry/test_uncertainty.py",
            "tests/volumetry/test_monte_carlo.py",
            "tests/volumetry/test_boundary_offsets.py",
            "tests/volumetry/test_cells.py",
            "tests/volumetry/test_plan_doubt.py",
            "tests/volumetry/test_uncertainty_of_planes.py",
            "tests/volumetry/test_uncertainty_of_shapes.py",
        ),
    ),
    "signatures": Room(
        modules=("liverplan/case/signature.py", "liverplan/case/keys.py"),
        tests=(
            "tests/case/test_signature.py",
            "tests/case/test_signing_rules.py",
            "tests/case/test_keys.py",
        ),
    ),
}


def modules_of(room: Room, root: Path) -> Iterator[Path]:
    """Yield the room's modules that a checkout has, but no front doors, which hold no rule."""
    for pattern in room.modules:
        yield from (path for path in sorted(root.glob(pattern)) if path.name != "__init__.py")


def tests_of(room: Room, root: Path) -> list[str]:
    """Return the room's tests that a checkout has."""
    return [place for place in room.tests if (root / place).exists()]
