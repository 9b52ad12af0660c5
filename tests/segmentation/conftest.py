"""One phantom and its automatic liver, made once for the room."""

from types import SimpleNamespace

import pytest

from liverplan.phantom import make_phantom
from liverplan.segmentation import segment_liver
from liverplan.segmentation.network.inference import infer


@pytest.fixture(scope="session")
def torso():
    """A phantom on 3 x 1.6 x 1.6 mm voxels, its truth, and what `segment_liver` makes of it."""
    made = make_phantom(spacing_mm=(3.0, 1.6, 1.6))
    steps = []
    result = segment_liver(made.volume, progress=lambda part, words: steps.append((part, words)))
    return SimpleNamespace(volume=made.volume, truth=made.segmentation, result=result, steps=steps)


@pytest.fixture(scope="session")
def maps(torso):
    """What the network says of the same phantom."""
    return infer(torso.volume)
