"""What a person says of a proposed matching, and the visits that follow from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from liverplan.eligibility.recist import NonTarget, assess
from liverplan.errors import InputError
from liverplan.followup.examination import Examination
from liverplan.followup.matching import Matching
from liverplan.followup.series import ConfirmedVisit, Visits
from liverplan.followup.visits import baseline, follow
from liverplan.plain import unfit_name

CHOSEN_BEFORE = "The targets were chosen at the first comparison and stay."


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a person says of a proposed matching.

    Parameters
    ----------
    name : str
        Who confirms it; mandatory.
    pairs : mapping of int to int or None
        Corrections: label value in the later CT to that in the earlier one; None: it is new.
    seen_before : collection of int
        Label values in the later CT of lesions that are not new, though unmarked before.
    returned : mapping of int to str
        Lesions of the later CT that are a target which had vanished, by the target's name.
    targets : sequence of int or None
        Label values of the target lesions in the first CT; None: the two largest. Only where the
        earlier case begins the series; later on the targets stay what they are.
    non_target : str or None
        What became of the other lesions; None: "CR" where all are gone, else "non-CR/non-PD".
    """

    name: str
    pairs: Mapping[int, int | None] = field(default_factory=dict)
    seen_before: Collection[int] = ()
    returned: Mapping[int, str] = field(default_factory=dict)
    targets: Sequence[int] | None = None
    non_target: NonTarget | None = None


def confirm(
    earlier: Examination, later: Examination, proposed: Matching, said: Confirmation
) -> Visits:
    """Return the visits up to the later CT, as a person confirms them.

    Raises
    ------
    InputError
        If nobody confirms, a lesion is unknown, or the visits do not follow each other.
    """
    name = said.name.strip()
    if not name:
        raise InputError("A matching counts only when a person confirms it by name.")
    if refusal := unfit_name(name):
        raise InputError(refusal)
    begun = _begun(earlier, said)
    now = follow(
        begun[-1].followed,
        proposed.corrected(said.pairs, seen_before=said.seen_before),
        later.lengths_tenths,
        returned=said.returned,
        non_target=said.non_target,
        date=later.date,
    )
    visits = Visits(confirmed=(*begun, ConfirmedVisit(followed=now, confirmed_by=name)))
    assess(visits.visits)  # refuses what cannot be a series of visits
    return visits


def _begun(earlier: Examination, said: Confirmation) -> tuple[ConfirmedVisit, ...]:
    """Return the visits up to the earlier CT: those it holds, or itself as the baseline."""
    if earlier.visits:
        if said.targets is not None:
            raise InputError(CHOSEN_BEFORE)
        return earlier.visits.confirmed
    chosen = earlier.proposed_targets if said.targets is None else tuple(said.targets)
    first = baseline(earlier.lengths_tenths, chosen, date=earlier.date)
    return (ConfirmedVisit(followed=first, confirmed_by=said.name.strip()),)
