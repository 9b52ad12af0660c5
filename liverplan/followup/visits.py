"""RECIST visits from confirmed matchings: each target is followed from one CT to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from liverplan.eligibility.recist import NonTarget, Visit
from liverplan.errors import InputError
from liverplan.followup.matching import Matching


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedVisit:
    """One time point, and where its targets lie in that CT.

    Parameters
    ----------
    visit : Visit
        The lengths.
    labels : mapping of str to tuple of int
        Label values of each target in this CT: none where it is gone, several where it has
        fallen into parts, whose lengths are added (RECIST 1.1, appendix II).
    others : tuple of int
        Label values of the non-target lesions.
    """

    visit: Visit
    labels: Mapping[str, tuple[int, ...]]
    others: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))


def baseline(
    tenths: Mapping[int, int], targets: Sequence[int], *, date: dt.date | None = None
) -> FollowedVisit:
    """Begin: some lesions are targets, named M1, M2, ... as in the first CT.

    Parameters
    ----------
    tenths : mapping of int to int
        Long axis of every lesion by label value, whole tenths of mm.
    targets : sequence of int
        Label values of the targets.
    date : date or None

    Raises
    ------
    InputError
        If a target was not measured.
    """
    _require_measured(tenths, targets)
    others = tuple(label for label in tenths if label not in targets)
    lengths = {_name(label): tenths[label] for label in targets}
    return FollowedVisit(
        visit=Visit(targets=lengths, non_target="non-CR/non-PD" if others else "none", date=date),
        labels={_name(label): (label,) for label in targets},
        others=others,
    )


def follow(
    before: FollowedVisit,
    matching: Matching,
    tenths: Mapping[int, int],
    *,
    returned: Mapping[int, str] | None = None,
    non_target: NonTarget | None = None,
    date: dt.date | None = None,
) -> FollowedVisit:
    """Return the next visit.

    Parameters
    ----------
    before : FollowedVisit
        The visit before, on the earlier CT of the matching.
    matching : Matching
        As confirmed by a person.
    tenths : mapping of int to int
        Long axis of the later CT's lesions by label value, whole tenths of mm.
    returned : mapping of int to str
        Lesions of the later CT that are a target which had vanished, by that target's name.
    non_target : str or None
        What became of the other lesions; None: "CR" where all are gone, else "non-CR/non-PD".
    date : date or None

    Raises
    ------
    InputError
        If a lesion was not measured, or no target has that name.
    """
    returned = dict(returned or {})
    _require_targets(before, returned.values())
    labels = {
        name: (*_partners(matching, old), *(new for new, back in returned.items() if back == name))
        for name, old in before.labels.items()
    }
    _require_measured(tenths, [label for found in labels.values() for label in found])
    new = set(matching.new) - set(returned)
    others = (*_partners(matching, before.others), *matching.seen_before)
    visit = Visit(
        targets={name: sum(tenths[label] for label in found) for name, found in labels.items()},
        non_target=non_target or _others(before, others),
        new_lesion=bool(new),
        date=date,
    )
    return FollowedVisit(visit=visit, labels=labels, others=(*others, *sorted(new)))


def _partners(matching: Matching, labels: Collection[int]) -> tuple[int, ...]:
    return tuple(pair.later for pair in matching.pairs if pair.earlier in labels)


def _others(before: FollowedVisit, now: Collection[int]) -> NonTarget:
    if now:
        return "non-CR/non-PD"
    return "none" if before.visit.non_target == "none" else "CR"


def _require_targets(before: FollowedVisit, names: Collection[str]) -> None:
    unknown = sorted(set(names) - set(before.labels))
    if unknown:
        known = ", ".join(before.labels) or "none"
        raise InputError(f"No target lesion is called {', '.join(unknown)}; there are: {known}.")


def _require_measured(tenths: Mapping[int, int], labels: Collection[int]) -> None:
    unknown = [_name(label) for label in labels if label not in tenths]
    if unknown:
        raise InputError(f"These target lesions were not measured: {', '.join(unknown)}.")


def _name(label: int) -> str:
    return f"M{label - 1}"
