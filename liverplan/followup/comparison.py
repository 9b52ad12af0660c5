"""Two CTs of one patient laid on each other: what was proposed, what a person says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from liverplan.eligibility.recist import NonTarget, Response, Visit, assess
from liverplan.errors import InputError
from liverplan.followup.alignment import Alignment
from liverplan.followup.confirming import CHOSEN_BEFORE, Confirmation, confirm
from liverplan.followup.examination import Examination
from liverplan.followup.matching import Matching, match
from liverplan.followup.registration import align
from liverplan.followup.series import Visits

Said = int | str
"""What a lesion of the later CT is: a label value of the earlier CT, "new", "seen before", or the
name of a target that had vanished and has come back."""

NEW, SEEN = "new", "seen before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One lesion over both CTs: its label values; ``earlier`` None: new, ``later`` None: gone."""

    earlier: int | None
    later: int | None
    words: str = ""

    @property
    def key(self) -> tuple[int | None, int | None]:
        """What is confirmed."""
        return self.earlier, self.later


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Two examinations, how one lies on the other, and which lesion is which.

    Parameters
    ----------
    earlier, later : Examination
        By the CTs' dates.
    alignment : Alignment
        Later LPS mm to earlier.
    proposed : Matching
        By registration.
    said : mapping of int to int or words
        Corrections, by label value in the later CT.
    confirmed : frozenset
        Rows that a person has confirmed as they stand.
    targets : tuple of int
        Label values in the earlier CT; they stay once an earlier comparison has chosen them.
    non_target : str or None
        What became of the other lesions, where a person says so.
    """

    earlier: Examination
    later: Examination
    alignment: Alignment
    proposed: Matching
    said: Mapping[int, Said] = field(default_factory=dict)
    confirmed: frozenset[tuple[int | None, int | None]] = frozenset()
    targets: tuple[int, ...] = ()
    non_target: NonTarget | None = None

    @property
    def fixed(self) -> bool:
        """Whether an earlier comparison has chosen the targets."""
        return bool(self.earlier.visits)

    @property
    def lost(self) -> tuple[str, ...]:
        """Names of targets that had vanished by the earlier CT."""
        return self.earlier.visits.lost

    @property
    def matching(self) -> Matching:
        """The matching as corrected."""
        return self.proposed.corrected(self._pairs(), seen_before=self._seen)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every lesion, the earlier CT's order first."""
        now = self.matching
        rows = [Row(earlier=pair.earlier, later=pair.later) for pair in now.pairs]
        rows += [Row(earlier=label, later=None, words="gone") for label in now.vanished]
        rows.sort(key=lambda one: (one.earlier or 0, one.later or 0))
        back = self._returned
        rows += [Row(earlier=None, later=label, words=back.get(label, NEW)) for label in now.new]
        rows += [Row(earlier=None, later=label, words=SEEN) for label in now.seen_before]
        return tuple(rows)

    @property
    def complete(self) -> bool:
        """Whether a person has confirmed every row."""
        return all(one.key in self.confirmed for one in self.rows)

    def role(self, one: Row) -> str:
        """Target, non-target, or what else a row is in RECIST."""
        if one.earlier is None:
            return f"target {one.words}, back" if one.words in self.lost else one.words
        role = "target" if one.earlier in self.targets else "non-target"
        return role if one.later is not None else f"{role}, gone"

    def corrected(self, later: int, said: Said) -> Comparison:
        """Say what a lesion of the later CT is; saying so confirms it."""
        changed = replace(self, said={**self.said, later: said})
        keys = {one.key for one in changed.rows}
        mine = {one.key for one in changed.rows if one.later == later}
        return replace(changed, confirmed=(self.confirmed & keys) | mine)

    def confirming(self, one: Row) -> Comparison:
        """Confirm a row as it stands."""
        return replace(self, confirmed=self.confirmed | {one.key})

    def with_target(self, earlier: int, *, is_target: bool) -> Comparison:
        """Make a lesion of the earlier CT a target, or not.

        Raises
        ------
        InputError
            If the targets were chosen at an earlier comparison.
        """
        if self.fixed:
            raise InputError(CHOSEN_BEFORE)
        kept = {label for label in self.targets if label != earlier}
        return replace(self, targets=tuple(sorted(kept | ({earlier} if is_target else set()))))

    def judging(self, non_target: NonTarget | None) -> Comparison:
        """Say what became of the non-target lesions; None: as they are outlined."""
        return replace(self, non_target=non_target)

    def visits(self, name: str) -> Visits:
        """Return the visits up to the later CT, as this person confirms them.

        Raises
        ------
        InputError
            If nobody does, or the visits do not follow each other.
        """
        said = Confirmation(
            name=name,
            pairs=self._pairs(),
            seen_before=self._seen,
            returned=self._returned,
            targets=None if self.fixed else self.targets,
            non_target=self.non_target,
        )
        return confirm(self.earlier, self.later, self.proposed, said)

    def confirmed_by(self, name: str) -> Visits:
        """Return the visits once every row is confirmed.

        Raises
        ------
        InputError
            As `visits`, or if a row is not confirmed yet.
        """
        if not self.complete:
            raise InputError("Every row must be confirmed, or corrected, before it counts.")
        return self.visits(name)

    def preview(self) -> tuple[tuple[Visit, ...], Response]:
        """Return the visits and the response as the rows stand now.

        Raises
        ------
        InputError
            If the visits do not follow each other.
        """
        visits = self.visits("preview").visits
        return visits, assess(visits)

    @property
    def _seen(self) -> list[int]:
        return [label for label, one in self.said.items() if one == SEEN]

    @property
    def _returned(self) -> dict[int, str]:
        """Targets that came back, by label value in the later CT."""
        said = self.said.items()
        return {label: one for label, one in said if isinstance(one, str) and one in self.lost}

    def _pairs(self) -> dict[int, int | None]:
        return {
            label: one if isinstance(one, int) else None
            for label, one in self.said.items()
            if one != SEEN
        }


def compare(
    mine: Examination,
    other: Examination,
    tell: Callable[[float, str], None] = lambda _done, _words: None,
) -> Comparison:
    """Lay the later CT on the earlier one and propose which lesion is which.

    Where a date is not known, ``other`` counts as the earlier one.

    Raises
    ------
    InputError
        If they are of two patients, or one holds no liver.
    """
    require_one_patient(mine, other)
    swapped = bool(mine.date and other.date and other.date > mine.date)
    earlier, later = (mine, other) if swapped else (other, mine)
    tell(0.4, "Laying one liver on the other")
    alignment = align(earlier.segmentation, later.segmentation)
    tell(0.9, "Telling which metastasis is which")
    chosen = earlier.visits.targets
    return Comparison(
        earlier=earlier,
        later=later,
        alignment=alignment,
        proposed=match(earlier.segmentation, later.segmentation, alignment),
        targets=earlier.proposed_targets if chosen is None else chosen,
    )


def require_one_patient(one: Examination, other: Examination) -> None:
    """Refuse to compare CTs that say they are of two patients.

    Raises
    ------
    InputError
        Naming both.
    """
    a, b = one.patient_id, other.patient_id
    if a and b and a != b:
        raise InputError(f"These are CTs of two patients ({a} and {b}), so nothing is compared.")
