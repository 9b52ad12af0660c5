"""What is known of a network: how it was trained, and what was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from liverplan.errors import InputError
from liverplan_training.evaluation.measure import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a network was made.

    Parameters
    ----------
    trained_on
        Names of all cases that taught it, directly or through an earlier network's labels.
    recipe
        Settings by name.
    steps, seconds
        Of its training.
    device, torch
        Where it was trained, and with what.
    unbiased_level
        Probability above which a voxel is more likely liver than not.
    remarks
        What else a reader must know, each a sentence.
    """

    name: str
    trained_on: tuple[str, ...]
    recipe: Mapping[str, object]
    steps: int
    seconds: int
    device: str
    torch: str
    unbiased_level: float
    remarks: tuple[str, ...] = ()

    def write(self, path: Path) -> None:
        """Write as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> Facts:
        """Read what `write` wrote."""
        try:
            stored = json.loads(path.read_text("utf-8"))
            return cls(
                **stored
                | {
                    "trained_on": tuple(stored["trained_on"]),
                    "remarks": tuple(stored["remarks"]),
                }
            )
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise InputError(f"{path} does not say how a network was trained.") from fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured, CT by CT.

    Parameters
    ----------
    level
        Probability above which a voxel was taken for liver.
    """

    level: float
    rows: tuple[Row, ...]

    def write(self, path: Path) -> None:
        """Write as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> Measured:
        """Read what `write` wrote."""
        try:
            stored = json.loads(path.read_text("utf-8"))
            rows = tuple(Row(**row) for row in stored["rows"])
            return cls(level=float(stored["level"]), rows=rows)
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise InputError(f"{path} holds no measurements.") from fault
