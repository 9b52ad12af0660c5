"""Cases on disk: a label map, and a CT if it is a real one, at `VOXEL_MM`, with their source.

A case is one ``.npz``: ``lab`` (k, j, i) uint8 of `Label`; ``img`` (k, j, i) int16 HU, only of a
real CT; ``meta``, JSON: ``known`` (classes that the map names), ``use`` (``train``), ``weight``
(how often it is drawn), ``render`` (whether a real CT's map is rendered too), ``licence``.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import InputError
from liverplan_training.labels import CLASSES, Label
from liverplan_training.sources import Source, table

HELD_OUT = (
    "btcv_0005", "btcv_0010", "btcv_0025", "btcv_0030", "btcv_0035", "btcv_0040", "hra_vhm",
)  # fmt: skip
"""Maps that never train: every fifth of BTCV, chosen by number, and one Visible Human."""

LOWEST_HU, HIGHEST_HU = -1000, 1500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One patient.

    Parameters
    ----------
    labels : (k, j, i) uint8
        Values of `Label`; `Label.LIKELY_LIVER` and `Label.UNSURE` teach nothing.
    hu : (k, j, i) int16, optional
        The CT, if it is a real one.
    known
        Classes that the labels name; others may hide in what they call other.
    weight
        How often it is drawn, relative to the others.
    rendered_too
        Whether its map is rendered as well, where it has a CT.
    """

    name: str
    source: Source
    labels: NDArray[np.uint8]
    hu: NDArray[np.int16] | None = None
    known: tuple[int, ...] = tuple(range(1, CLASSES))
    weight: float = 1.0
    rendered_too: bool = True
    more: dict[str, float] = field(default_factory=dict)
    """What was measured when the labels were made."""

    def __post_init__(self) -> None:
        if self.hu is not None and self.hu.shape != self.labels.shape:
            raise InputError(f"The case {self.name}: its CT and its labels differ in shape.")
        if not (self.labels == Label.LIVER).any():
            raise InputError(f"The case {self.name} has no liver.")

    @property
    def doubtful(self) -> bool:
        """Whether some voxels teach nothing."""
        return bool((self.labels >= Label.LIKELY_LIVER).any())


def read_case(path: Path) -> Case:
    """Read a case; one that may not train is refused.

    Raises
    ------
    InputError
        If no source lends it, or if it is no case.
    """
    try:
        with np.load(path) as stored:
            meta = json.loads(str(stored["meta"]))
            labels, hu = stored["lab"], stored["img"] if "img" in stored.files else None
    except (OSError, EOFError, ValueError, KeyError) as fault:
        raise InputError(f"{path.name} is no case: {fault}.") from fault
    return Case(
        name=path.stem,
        source=table().source_of(path.stem, licence=meta.get("licence")),
        labels=labels,
        hu=hu,
        known=tuple(int(k) for k in meta["known"]),
        weight=float(meta.get("weight", 1.0)),
        rendered_too=bool(meta.get("render", True)),
        more={key: float(meta[key]) for key in ("median", "mad") if key in meta},
    )


def read_cases(
    folder: Path, *, only: Collection[str] = (), without: Collection[str] = ()
) -> list[Case]:
    """Read a folder's cases in the order of their names.

    Parameters
    ----------
    only, without
        Names to read, all if empty; and names to leave out.
    """
    paths = [p for p in sorted(folder.glob("*.npz")) if p.stem not in without]
    cases = [read_case(path) for path in paths if not only or path.stem in only]
    if not cases:
        raise InputError(f"There is no case to read in {folder}.")
    return cases


def write_case(folder: Path, case: Case) -> Path:
    """Write a case; return its file."""
    meta = {
        "known": list(case.known),
        "use": "train",
        "weight": case.weight,
        "render": case.rendered_too,
        "licence": case.source.licence,
        **case.more,
    }
    arrays: dict[str, NDArray[np.generic]] = {
        "lab": case.labels,
        "meta": np.array(json.dumps(meta)),
    }
    if case.hu is not None:
        arrays["img"] = case.hu.clip(LOWEST_HU, HIGHEST_HU)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{case.name}.npz"
    np.savez_compressed(path, allow_pickle=False, **arrays)
    return path
