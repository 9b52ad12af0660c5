"""Pictures as a person keeps them, made without a screen."""

import io

import numpy as np
from matplotlib.image import imsave


def made_png(wide=64, high=48, seed=1):
    """A PNG of noise, without opacity."""
    noise = np.random.default_rng(seed).integers(0, 255, (high, wide, 3), dtype=np.uint8)
    file = io.BytesIO()
    imsave(file, noise, format="png", pil_kwargs={"compress_level": 6})
    return file.getvalue()
