"""Noise taken out of densities: by blurring, or by diffusion that leaves the edges."""

from __future__ import annotations

import numpy as np
import scipy

from liverplan.segmentation.morphology import Float32, Spacing

Window = tuple[float, float]
"""Lowest and highest density that counts, HU: others are taken for these."""


def blurred(hu: Float32, window_hu: Window, sigma_mm: float, spacing_mm: Spacing) -> Float32:
    """Blur (k, j, i) densities by a Gaussian, HU."""
    sigma = [sigma_mm / s for s in spacing_mm]
    smooth: Float32 = scipy.ndimage.gaussian_filter(np.clip(hu, *window_hu), sigma)
    return smooth


def diffused(hu: Float32, window_hu: Window, steps: int) -> Float32:
    """Take the noise out of (k, j, i) densities and leave the edges (curvature diffusion), HU."""
    import SimpleITK as sitk  # noqa: PLC0415 - half a second, which a window need not wait for

    smooth = sitk.CurvatureAnisotropicDiffusionImageFilter()
    smooth.SetNumberOfIterations(steps)
    smooth.SetTimeStep(0.06)
    smooth.SetConductanceParameter(3)
    image = sitk.GetImageFromArray(np.clip(hu, *window_hu))
    return np.asarray(sitk.GetArrayFromImage(smooth.Execute(image)), dtype=np.float32)
