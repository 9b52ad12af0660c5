"""Hints by the network: what it sees first, what stands out after it, nothing that is known."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import find_hints


def holds(mask, volume, hint):
    at = volume.grid.nearest_index(hint.point_mm)
    return at is not None and bool(mask[at])


@pytest.fixture(scope="module")
def hinted(torso, maps):
    return find_hints(torso.volume, torso.truth.liver)


def test_the_phantoms_metastases_are_hinted_at(torso, hinted):
    for label in torso.truth.lesion_labels:
        assert any(holds(torso.truth.lesion(label), torso.volume, hint) for hint in hinted)


def test_few_hints_lie_elsewhere(torso, hinted):
    lesions = torso.truth.labels >= 2
    assert sum(not holds(lesions, torso.volume, hint) for hint in hinted) <= 2


def test_a_known_metastasis_is_not_hinted_at_again(torso, hinted):
    known = [torso.truth.lesion(label) for label in torso.truth.lesion_labels]
    again = find_hints(torso.volume, torso.truth.liver, known)
    assert not any(holds(np.logical_or.reduce(known), torso.volume, hint) for hint in again)
    assert len(again) < len(hinted)


def test_no_liver_is_refused(torso):
    with pytest.raises(SegmentationError, match="there is none"):
        find_hints(torso.volume, np.zeros_like(torso.truth.liver))
