"""A linear mixed model with a random intercept for each patient, by REML.

Its likelihood depends, once all else is put at its best, on one number: the variance between
patients over that within (Bates et al., J Stat Softw 2015). So the best is found on a line, also
where it is 0, where a search over all parameters does not converge. Equals R's ``nlme::lme`` and
``lme4::lmer``: ``python -m tests.benchmarks.endpoints_models``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.endpoints.inputs import FloatArray, codes
from liverplan.errors import InputError

POWERS = np.arange(-5.0, 8.1, 0.25)
"""Where the best ratio of variances, between over within patients, is looked for: 10 to these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One fixed effect of a mixed model, with its 95 % limits (normal)."""

    name: str
    coefficient: float
    standard_error: float
    lower_95: float
    upper_95: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedModel:
    """A linear mixed model with a random intercept for each patient, by REML."""

    effects: tuple[Effect, ...]
    variance_between: float
    variance_within: float
    log_likelihood: float


def mixed_model(
    scores: ArrayLike, patients: Sequence[str], effects: Mapping[str, ArrayLike]
) -> MixedModel:
    """Fit (N,) scores on fixed effects, each (N,), with a random intercept for each patient.

    Raises
    ------
    InputError
        If it cannot be fitted: too few visits, effects that repeat each other, no variance.
    """
    values = np.asarray(scores, dtype=np.float64)
    columns = [np.asarray(column, dtype=np.float64) for column in effects.values()]
    design = np.column_stack([np.ones(len(values)), *columns])
    names = ("intercept", *effects)
    if np.linalg.matrix_rank(design) < len(names) or len(set(patients)) <= len(names):
        raise InputError("The mixed model has too few patients or visits for its effects.")
    sums = _Sums.of(values, design, codes(patients))
    if len(set(patients)) == len(values) or sums.fitted(0).residual <= 1e-12 * sums.squares:
        raise InputError("The mixed model needs patients with several visits, and variance.")
    best = sums.fitted(_best_ratio(sums))
    errors = np.sqrt(best.variance * np.diag(best.inverse))
    return MixedModel(
        effects=tuple(
            _effect(name, float(best.coefficients[n]), float(errors[n]))
            for n, name in enumerate(names)
        ),
        variance_between=best.ratio * best.variance,
        variance_within=best.variance,
        log_likelihood=best.log_likelihood,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """The best of all else at one ratio of variances."""

    ratio: float
    coefficients: FloatArray
    inverse: FloatArray
    residual: float
    variance: float
    log_likelihood: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """What the likelihood needs of the data: sums over all and over each patient's visits."""

    crossed: FloatArray
    with_scores: FloatArray
    squares: float
    sizes: FloatArray
    design_of_each: FloatArray
    scores_of_each: FloatArray

    @classmethod
    def of(cls, values: FloatArray, design: FloatArray, patient: np.ndarray) -> _Sums:
        each = np.column_stack([np.ones(len(values)), design, values])
        summed = np.zeros((patient.max() + 1, each.shape[1]))
        np.add.at(summed, patient, each)
        return cls(
            crossed=design.T @ design,
            with_scores=design.T @ values,
            squares=float(values @ values),
            sizes=summed[:, 0],
            design_of_each=summed[:, 1:-1],
            scores_of_each=summed[:, -1],
        )

    def fitted(self, ratio: float) -> _Fit:
        """Return the best fit at a ratio of the variances between patients and within."""
        shrunk = ratio / (1 + self.sizes * ratio)
        weighted = self.design_of_each * shrunk[:, None]
        information = self.crossed - weighted.T @ self.design_of_each
        target = self.with_scores - weighted.T @ self.scores_of_each
        inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
        coefficients = inverse @ target
        whole = self.squares - float(shrunk @ self.scores_of_each**2)
        residual = whole - float(target @ coefficients)
        freedom = int(self.sizes.sum()) - len(target)
        variance = max(residual, np.finfo(float).tiny) / freedom
        height = -0.5 * (
            freedom * (math.log(2 * math.pi * variance) + 1)
            + float(np.log1p(self.sizes * ratio).sum())
            + float(np.linalg.slogdet(information)[1])
        )
        return _Fit(
            ratio=ratio,
            coefficients=coefficients,
            inverse=inverse,
            residual=residual,
            variance=variance,
            log_likelihood=height,
        )


def _best_ratio(sums: _Sums) -> float:
    def height(power: float) -> float:
        return sums.fitted(10.0**power).log_likelihood

    top = int(np.argmax([height(float(power)) for power in POWERS]))
    near = POWERS[max(top - 1, 0)], POWERS[min(top + 1, len(POWERS) - 1)]
    found = scipy.optimize.minimize_scalar(
        lambda power: -height(power), bounds=near, method="bounded", options={"xatol": 1e-10}
    )
    power = float(found.x)
    return 10.0**power if height(power) > sums.fitted(0).log_likelihood else 0.0


def _effect(name: str, coefficient: float, error: float) -> Effect:
    reach = float(scipy.stats.norm.ppf(0.975)) * error
    return Effect(
        name=name,
        coefficient=coefficient,
        standard_error=error,
        lower_95=coefficient - reach,
        upper_95=coefficient + reach,
        p=float(2 * scipy.stats.norm.sf(abs(coefficient / error))),
    )
