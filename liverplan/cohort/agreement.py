"""Whether the participants and the outcomes speak of the same randomised patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from liverplan.endpoints import Outcome
from liverplan.endpoints.followup import after_the_end
from liverplan.endpoints.populations import Participant
from liverplan.endpoints.tables import of_line, refuse_together


def require_agreement(
    path: Path, people: Sequence[Participant], outcomes: Sequence[Outcome]
) -> None:
    """Refuse tables that contradict each other, naming the participants' rows.

    Raises
    ------
    InputError
        One sentence.
    """
    known = {outcome.id: outcome for outcome in outcomes}
    faults = [
        f"{of_line(one.line, one.id)} {fault}"
        for one in people
        for fault in _faults(one, known.get(one.id))
    ]
    here = {one.id for one in people}
    faults += [
        f"the patient {name!r} of the outcomes is not here" for name in known if name not in here
    ]
    refuse_together(f"The participants {path} and the outcomes disagree", faults)


def _faults(one: Participant, outcome: Outcome | None) -> Iterator[str]:
    if outcome is None:
        if one.arm:
            yield "was randomised and has no outcome"
        return
    if outcome.arm != one.arm:
        yield f"is in {one.arm or 'no arm'!r} here and in {outcome.arm!r} there"
    if outcome.centre and outcome.centre != one.centre:
        yield f"is in the centre {one.centre!r} here and in {outcome.centre!r} there"
    for what, day in (("was randomised", one.randomised), ("crossed over", one.crossover)):
        if day and (late := after_the_end(day, outcome.follow_up)):
            yield f"{what} on {day}, {late}"
