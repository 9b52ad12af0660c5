"""A phantom's labels, and a network that has learnt phantoms."""

import pytest
import torch
from liverplan_training.phantoms import RECIPE, STEPS, phantom, trunk
from liverplan_training.training.loop import train
from liverplan_training.training.recipe import Budget


@pytest.fixture(scope="session")
def labels():
    return torch.from_numpy(trunk())


@pytest.fixture(scope="session")
def learnt():
    """A small network after a fixed number of steps on four phantoms: a minute at most."""
    return train([phantom(n) for n in range(4)], RECIPE, Budget(steps=STEPS), told=str)
