"""A short sample of ``python -m tests.benchmarks.trial``."""

import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from tests.benchmarks.trial import rows

NOISE = 0.015
"""Two standard errors of a share of 0.05 in 1000 trials."""


def test_errors_coverage_and_sizes_are_within_what_is_asked_but_for_chance():
    found = list(rows(1000))
    assert len(found) > 30
    assert [str(row) for row in found if not row.low - NOISE <= row.value <= row.high + NOISE] == []
    assert found[0].good
