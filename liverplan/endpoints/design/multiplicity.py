"""Several secondary endpoints under one error: Holm's steps, and families behind a gate."""

from __future__ import annotations

from collections.abc import Sequence


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p values so that the chance of any false finding among them stays at alpha.

    Holm, Scand J Statist 1979;6:65. The order of the values is kept.
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, largest = [0.0] * len(values), 0.0
    for step, index in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - step) * values[index]))
        adjusted[index] = largest
    return tuple(adjusted)


def gatekeeping(
    families: Sequence[Sequence[float | None]], *, gate: float = 0.0
) -> tuple[tuple[float, ...], ...]:
    """Adjust families of p values tested in order, each by Holm.

    A family is tested only where everything before it was found (serial gatekeeping; Westfall and
    Krishen, J Stat Plan Inference 2001;99:25), so that no adjusted value is under the largest one
    before it.

    Parameters
    ----------
    families : sequence of sequences of float or None
        None where an endpoint could not be estimated: it counts as not found, and closes the gate.
    gate : float
        The p value of what comes before the first family, such as the primary endpoint's.
    """
    adjusted = []
    for family in families:
        values = holm([1.0 if value is None else value for value in family])
        adjusted.append(tuple(max(gate, value) for value in values))
        gate = max(adjusted[-1], default=gate)
    return tuple(adjusted)
