"""What a plan makes of each metastasis: one policy for cuts of all kinds."""

from __future__ import annotations

from collections.abc import Sequence

from liverplan.findings import Fate, Margin


def fates(margins: Sequence[Margin], cutting: Sequence[Margin]) -> tuple[Fate, ...]:
    """Return the fate of each lesion, in the order of its margins.

    Parameters
    ----------
    margins : sequence of Margin
        To the whole plan.
    cutting : sequence of Margin
        To the same plan without its ablation zones, in the same order: a lesion that a cut runs
        through is cut through even where a zone then covers what stays of it.
    """
    return tuple(_fate(all_of, cut) for all_of, cut in zip(margins, cutting, strict=True))


def cut_through(margin: Margin) -> bool:
    """Whether a part of the lesion is removed and a part of it stays."""
    return margin.in_remnant and margin.margin_mm is not None and margin.margin_mm < 0


def _fate(margin: Margin, cutting: Margin) -> Fate:
    if cut_through(cutting):
        return "cut through"
    if margin.in_remnant:
        return "left"
    return "ablated" if cutting.in_remnant else "removed"
