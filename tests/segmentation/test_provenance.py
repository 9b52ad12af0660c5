"""What a mask's provenance says of it: who stands behind it, and how sure its boundary is."""

import itertools

import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import Provenance


def made(origin, **values):
    return Provenance(method="m", version="1", origin=origin, **values)


@pytest.mark.parametrize("origin", ["automatic", "clicks"])
def test_what_a_program_made_is_nobodys_until_a_person_accepts_it(origin):
    assert (made(origin).accepted, made(origin).quality) == (False, "automatic")
    accepted = made(origin).accepted_as("Dr Lind")
    assert (accepted.accepted, accepted.quality) == (True, "automatic")
    assert accepted.accepted_by == "Dr Lind"


def test_a_given_mask_is_as_sure_as_an_expert_is_once_somebody_accepted_it():
    given = made("given")
    assert (given.accepted, given.quality) == (False, "automatic")
    assert (given.edited().accepted, given.edited().quality) == (False, "automatic")
    assert given.edited().accepted_as("Dr Lind").quality == "edited"
    assert given.accepted_as("Dr Lind").quality == "expert"


def test_a_drawn_mask_is_no_surer_than_an_automatic_one_until_it_is_accepted():
    drawn = Provenance.by_hand()
    assert (drawn.origin, drawn.accepted, drawn.quality) == ("drawn", False, "automatic")
    assert drawn.accepted_as("Dr Lind").quality == "edited"


@pytest.mark.parametrize("origin", ["automatic", "clicks", "drawn", "given"])
def test_each_edit_is_counted_and_takes_the_acceptance_back(origin):
    first = made(origin).accepted_as("Dr Lind").edited()
    assert (first.edits, first.accepted_by, first.accepted) == (1, "", False)
    assert first.edited().edits == 2
    assert first.accepted_as("Dr Ek").quality == "edited"


@pytest.mark.parametrize(
    ("origin", "edits", "name"),
    list(itertools.product(["automatic", "clicks", "drawn", "given"], [0, 1], ["", "Dr Lind"])),
)
def test_no_mask_that_nobody_stands_behind_counts_as_surer(origin, edits, name):
    mask = made(origin, edits=edits, accepted_by=name)
    assert mask.accepted or mask.quality == "automatic"


@pytest.mark.parametrize("nobody", ["", " ", "\t"])
def test_nobody_accepts_nothing(nobody):
    with pytest.raises(SegmentationError, match="nobody is named"):
        made("given").accepted_as(nobody)
    assert not made("given", accepted_by=nobody).accepted


@pytest.mark.parametrize("origin", ["automatic", "clicks", "drawn", "given"])
def test_a_program_speaks_for_no_person(origin):
    claimed = made(origin, edits=2, accepted_by="Dr Lind").from_program()
    assert (claimed.accepted_by, claimed.edits, claimed.quality) == ("", 0, "automatic")
    assert claimed.origin in {"automatic", "clicks"}
    assert claimed.accepted_as("Dr Lind").quality == "automatic"


@pytest.mark.parametrize("nobody", ["unknown", " Unknown "])
def test_an_account_without_a_name_is_no_person(nobody):
    """What an account without a name accepts is still to be accepted."""
    assert not made("given").accepted_as(nobody).accepted
