"""What every endpoint is made of, checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import InputError

FloatArray = NDArray[np.float64]


def checked(times: ArrayLike, events: ArrayLike) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return times as (N,) floats and events as (N,) bools, one of each for every patient."""
    durations = np.asarray(times, dtype=np.float64)
    happened = np.asarray(events)
    if durations.ndim != 1 or durations.shape != happened.shape or durations.size == 0:
        raise InputError("Survival needs one time and one event for each of at least one patient.")
    if not np.isfinite(durations).all() or durations.min() < 0:
        raise InputError("Every follow-up time must be a number and not negative.")
    if not np.isin(happened, (0, 1)).all():
        raise InputError("An event must be true or false for every patient.")
    return durations, happened.astype(bool)


def entered(entries: ArrayLike | None, ends: FloatArray) -> FloatArray:
    """Return when each of (N,) patients came under observation; before all time if at the origin.

    Raises
    ------
    InputError
        If a patient ends before or at the entry; the sentence names the row, from 1.
    """
    if entries is None:
        return np.full(ends.shape, -np.inf)
    given = np.asarray(entries, dtype=np.float64)
    if given.shape != ends.shape or not np.isfinite(given).all():
        raise InputError("Every entry must be a number, one for each patient.")
    begin = np.where(given > 0, given, -np.inf)
    for row in np.flatnonzero(ends <= begin):
        raise InputError(
            f"The patient in row {row + 1} ends at {ends[row]:g}, not after the entry at "
            f"{begin[row]:g}."
        )
    return begin


def codes(names: Sequence[str]) -> NDArray[np.intp]:
    """Return (N,) numbers of names, in the order of the alphabet."""
    return np.unique(np.asarray(names), return_inverse=True)[1]


def require_arms(arms: Sequence[str], count: int) -> None:
    """Refuse arms that are not one a patient, fewer than two, or one under two names."""
    if len(arms) != count or len(set(arms)) < 2:
        raise InputError("A comparison needs the arm of every patient, and at least two arms.")
    spellings: dict[str, list[str]] = {}
    for name in sorted(set(arms)):
        spellings.setdefault("".join(name.casefold().split()), []).append(name)
    for names in spellings.values():
        if len(names) > 1:
            told = ", ".join(map(repr, names))
            raise InputError(f"The arms {told} differ in case or spaces only: write one name.")
