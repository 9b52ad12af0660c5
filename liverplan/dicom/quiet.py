"""Keep pydicom's warnings to itself: it prints values, and values may name a patient."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence pydicom's and highdicom's warnings and logs meanwhile.

    What matters is checked and said by this room, without values that could name a patient.
    """
    loggers = [logging.getLogger(name) for name in ("pydicom", "highdicom")]
    before = [logger.disabled for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for logger in loggers:
                logger.disabled = True
            yield
        finally:
            for logger, state in zip(loggers, before, strict=True):
                logger.disabled = state
