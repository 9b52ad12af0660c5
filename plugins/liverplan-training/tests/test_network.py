"""The network's shapes, and that its labels are the product's."""

import numpy as np
import pytest
import torch
from liverplan_training.labels import CLASS_NAMES, CLASSES, IGNORED, Label, class_of_label
from liverplan_training.network import SMALL_WIDTHS, LiverNetwork, UNet, channels, liver_unet


def test_probabilities_have_the_ct_s_shape_and_sum_to_one():
    torch.manual_seed(0)
    whole = LiverNetwork(liver_unet((4, 8, 8))).eval()
    with torch.no_grad():
        organs, lesion = whole(torch.full((1, 1, 8, 12, 16), 40.0))
    assert organs.shape == (1, CLASSES, 8, 12, 16)
    assert lesion.shape == (1, 1, 8, 12, 16)
    torch.testing.assert_close(organs.sum(1), torch.ones(1, 8, 12, 16))
    assert float(lesion.min()) > 0
    assert float(lesion.max()) < 1


def test_the_full_network_has_the_size_that_its_card_states():
    assert sum(p.numel() for p in liver_unet().parameters()) == pytest.approx(6.7e6, rel=0.02)
    assert sum(p.numel() for p in liver_unet(SMALL_WIDTHS).parameters()) < 1e6


def test_half_resolution_is_answered_only_where_it_is_asked_for():
    deep = UNet(inward=1, outward=3, widths=(4, 8, 8))
    _, half = deep.both(torch.zeros(2, 1, 8, 8, 8))
    assert half is not None
    assert half.shape == (2, 3, 4, 4, 4)
    plain = UNet(inward=1, outward=3, widths=(4, 8), deep=False)
    assert plain.both(torch.zeros(2, 1, 8, 8, 8))[1] is None


def test_the_windows_hold_back_metal_and_air():
    seen = channels(torch.tensor([-3000.0, -1000.0, 50.0, 300.0, 3000.0]).reshape(1, 1, 5, 1, 1))
    np.testing.assert_allclose(seen[0, 0].ravel(), [-2, -2, 0, 2, 2])
    np.testing.assert_allclose(seen[0, 1].ravel(), [-2, -2, 0.1, 0.6, 2])


def test_labels_beyond_the_classes_are_other_and_doubtful_ones_are_ignored():
    table = class_of_label()
    assert table[Label.LIVER] == 1
    assert table[Label.FAT] == table[Label.ADRENAL] == 0
    assert table[Label.LIKELY_LIVER] == table[Label.UNSURE] == IGNORED
    assert len(CLASS_NAMES) == CLASSES
    assert CLASS_NAMES[7] == "cava"
