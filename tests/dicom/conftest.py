"""Fixtures of the DICOM tests."""

import os
from pathlib import Path

import pydicom
import pytest

from .made import Series


@pytest.fixture
def make():
    return Series


@pytest.fixture(scope="session")
def real_data() -> Path:
    root = Path(os.environ.get("LIVERPLAN_DATA", Path(__file__).parents[2].parent / "shared/data"))
    if not root.is_dir():
        pytest.skip(f"real data not found: {root} (set LIVERPLAN_DATA)")
    return root


@pytest.fixture(autouse=True)
def _lenient_writing():
    """The made files are wrong on purpose; pydicom must write them all the same."""
    mode = pydicom.config.settings.writing_validation_mode
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    yield
    pydicom.config.settings.writing_validation_mode = mode
