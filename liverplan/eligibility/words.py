"""Numbers in words that never tell another verdict than the unrounded number."""

from __future__ import annotations

from fractions import Fraction

from liverplan.eligibility.protocol import Limits

MOST_DECIMALS = 15


def exact(value: float) -> Fraction:
    """Return the number that a float is printed as: 0.3 is three tenths.

    A ratio of two such numbers is compared with a limit without any rounding, so that 450 of
    1500 mL, or 0.9 of 3, is 30 % and not a little more.
    """
    return Fraction(repr(float(value)))


def percent(fraction: Fraction | float, *, near: Fraction) -> str:
    """Say a fraction in per cent: one decimal, or as many as keep it on its side of a limit.

    Examples
    --------
    >>> percent(Fraction(4501, 15000), near=Fraction("0.3"))
    '30.01'
    >>> percent(Fraction("0.3"), near=Fraction("0.3"))
    '30.0'
    """
    value = (fraction if isinstance(fraction, Fraction) else exact(fraction)) * 100
    limit = near * 100
    for decimals in range(1, MOST_DECIMALS):
        shown = f"{float(value):.{decimals}f}"
        if _side(Fraction(shown), limit) == _side(value, limit):
            return shown
    return f"a hair {'above' if value > limit else 'below'} {plain(limit)}"


def plain(value: Fraction | float) -> str:
    """Say a number without needless zeros: 30, 29.6."""
    return f"{float(value):.10g}"


def limits_in_words(limits: Limits, *, scale: int = 1, unit: str = "") -> str:
    """Say limits as "above 30 %", "1 to 4", "at least 18"."""
    if limits.at_least is not None and limits.at_most is not None:
        return f"{plain(limits.at_least * scale)} to {plain(limits.at_most * scale)}{unit}"
    named = (
        ("above", limits.above),
        ("at least", limits.at_least),
        ("below", limits.below),
        ("at most", limits.at_most),
    )
    return " and ".join(f"{w} {plain(v * scale)}{unit}" for w, v in named if v is not None)


def _side(value: Fraction, limit: Fraction) -> int:
    return (value > limit) - (value < limit)
