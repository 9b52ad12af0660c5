"""A small trunk made of balls, and what the tests compare with."""

import numpy as np
import pytest
import torch
from liverplan_training.labels import Label


def trunk(shape=(48, 56, 64), *, liver=(24, 26, 26), radius=15.0):
    """Return a label map of balls, (k, j, i) uint8: liver, spleen, lung, bone in a trunk of fat."""
    k, j, i = np.indices(shape)
    labels = np.zeros(shape, np.uint8)
    middle = (shape[1] - 1) / 2, (shape[2] - 1) / 2
    oval = np.hypot((j - middle[0]) / (0.46 * shape[1]), (i - middle[1]) / (0.47 * shape[2]))
    labels[oval < 1] = Label.MUSCLE
    labels[oval < 0.88] = Label.FAT
    for label, centre, size in (
        (Label.LUNG, (liver[0] + 22, liver[1], liver[2]), 12),
        (Label.SPLEEN, (liver[0] + 4, liver[1] + 8, shape[2] - 12), 7),
        (Label.BONE, (k, shape[1] - 12, shape[2] / 2), 5),
        (Label.LIVER, liver, radius),
    ):
        away = np.sqrt(sum((a - c) ** 2 for a, c in zip((k, j, i), centre, strict=True)))
        labels[(away < size) & (oval < 0.88)] = label
    return labels


@pytest.fixture(scope="session")
def labels():
    return torch.from_numpy(trunk())


def dice(a, b):
    return 2 * int((a & b).sum()) / max(1, int(a.sum()) + int(b.sum()))
