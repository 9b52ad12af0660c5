"""How the numbers of a result are compared: as they are printed, without any rounding."""

from __future__ import annotations

import math
from fractions import Fraction


def exact(value: float) -> Fraction:
    """Return the number that a float is printed as: 0.3 is three tenths.

    A ratio of two such numbers is compared with a limit without any rounding, so that 450 of
    1500 mL, or 0.9 of 3, is 30 % and not a little more.
    """
    return Fraction(repr(float(value)))


def on_its_side(value: Fraction, limit: Fraction) -> float:
    """Return the float nearest to a number that lies on the same side of a limit.

    >>> on_its_side(Fraction(3, 10) + Fraction(1, 10**30), Fraction(3, 10)) > 0.3
    True
    """
    near = float(value)
    if side(exact(near), limit) == side(value, limit):
        return near
    return math.nextafter(near, math.inf if value > limit else -math.inf)


def side(value: Fraction, limit: Fraction) -> int:
    """Return 1 above the limit, 0 on it, -1 below."""
    return (value > limit) - (value < limit)
