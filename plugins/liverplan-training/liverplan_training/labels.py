"""What a voxel can be: the maps' labels, and the classes that the network names."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Label(IntEnum):
    """Labels of a map; the first `CLASSES` are the network's classes."""

    OTHER = 0
    LIVER = 1
    SPLEEN = 2
    KIDNEY = 3
    STOMACH = 4
    GALLBLADDER = 5
    PANCREAS = 6
    CAVA = 7
    AORTA = 8
    PORTAL_VEIN = 9
    LUNG = 10
    HEART = 11
    BONE = 12
    BOWEL = 13
    MUSCLE = 14
    BODY = 15
    OESOPHAGUS = 16
    ADRENAL = 17
    FAT = 30
    GAS = 31
    LIKELY_LIVER = 254
    UNSURE = 255


CLASSES = 15
"""Softmax classes: other, then the organs up to muscle; the liver includes its tumours."""

IGNORED = 255
"""A voxel of which nothing is learnt."""

CLASS_NAMES = tuple(Label(n).name.lower() for n in range(CLASSES))


def class_of_label() -> NDArray[np.int64]:
    """Return the class of each label, (256,): what has none is other, what is unsure `IGNORED`."""
    table = np.zeros(256, np.int64)
    table[:CLASSES] = np.arange(CLASSES)
    table[Label.LIKELY_LIVER :] = IGNORED
    return table
