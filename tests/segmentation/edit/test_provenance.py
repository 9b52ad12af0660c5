"""An edit counts, and what was accepted must be accepted anew."""

import numpy as np

from liverplan.segmentation import Provenance, accepted, edited


def test_an_edit_of_a_mask_that_nobody_made_says_that_it_was_drawn(case):
    _, truth = case
    after = edited(truth, truth.labels, [2])
    assert after.provenance == {2: Provenance.by_hand().edited()}


def test_an_accepted_mask_is_not_accepted_once_it_is_edited_and_the_others_still_are(case):
    _, truth = case
    signed = accepted(accepted(truth, 1, "A. Reader"), 2, "A. Reader")
    assert signed.provenance[1].accepted_by == "A. Reader"
    after = edited(signed, truth.labels, [2])
    assert after.provenance[1].accepted
    assert not after.provenance[2].accepted
    assert np.array_equal(after.labels, truth.labels)


def test_what_is_gone_is_forgotten_and_a_new_mask_in_its_place_starts_anew(case):
    _, truth = case
    signed = accepted(truth, 3, "A. Reader")
    assert edited(signed, truth.labels, [], gone=[3]).provenance == {}
    assert edited(signed, truth.labels, [3], gone=[3]).provenance[3].edits == 1
