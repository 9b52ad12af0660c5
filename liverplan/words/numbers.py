"""Numbers as people read them: the only place that rounds, and never across the threshold."""

from __future__ import annotations

from fractions import Fraction

from liverplan.findings.exact import exact, side

NONE = "\N{EN DASH}"
"""Stands where there is no number."""

TIMES = "\N{MULTIPLICATION SIGN}"

NO_BREAK = "\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}"
"""Between coordinates that belong on one line."""

MOST_DECIMALS = 15


def percent(fraction: float, near: float | None = None) -> str:
    """One decimal, or as many as it takes to stay on the true side of a limit.

    >>> percent(0.3141, 0.30), percent(0.3, 0.30), percent(0.30007, 0.30), percent(0.29996, 0.30)
    ('31.4', '30.0', '30.01', '29.996')
    """
    value = exact(fraction) * 100
    limit = None if near is None else exact(near) * 100
    for decimals in range(1, MOST_DECIMALS):
        shown = f"{float(value):.{decimals}f}"
        if limit is None or side(Fraction(shown), limit) == side(value, limit):
            return shown
    return repr(float(value))


def plain(value: float) -> str:
    """Return a number without needless zeros.

    >>> plain(30.0), plain(29.6)
    ('30', '29.6')
    """
    return f"{value:.10g}"


def spoken(value: float, how: str) -> str:
    """Return a number as a sentence's place asks for it, with a decimal point.

    >>> spoken(0.3, "share"), spoken(0.30007, "near0.3"), spoken(12.34, ".1f"), spoken(3, "")
    ('30', '30.01', '12.3', '3')
    >>> spoken(0.9999, "chance"), spoken(0.9999, "is_chance"), spoken(0.98, "is_chance")
    ('> 99', '> 99', '= 98')
    """
    if how == "plain":
        return plain(value)
    if how == "chance":
        return share(value)
    if how == "is_chance":
        return is_share(value)
    if how.startswith("share"):
        per_cent = float(100 * exact(value))
        return plain(per_cent) if how == "share" else format(per_cent, how.removeprefix("share"))
    if how.startswith("near"):
        return percent(value, float(how.removeprefix("near")))
    return format(value, how)


def least(how: str) -> str:
    """Return the smallest number that a place with so many decimals shows.

    >>> least(".1f"), least(".2f")
    ('0.1', '0.01')
    """
    decimals = int(how.strip(".f"))
    return f"{10.0**-decimals:.{decimals}f}"


def threshold(fraction: float) -> str:
    """Return a threshold in percent without needless zeros.

    >>> threshold(0.30), threshold(0.296)
    ('30', '29.6')
    """
    return f"{round(100 * fraction, 6):g}"


def ml(volume_ml: float) -> str:
    """Millilitres, one decimal.

    >>> ml(1489.44)
    '1489.4'
    """
    return f"{volume_ml:.1f}"


def mm(length_mm: float | None) -> str:
    """Millimetres, one decimal; a dash where there is none. Never "-0.0".

    >>> mm(-0.04), mm(-1.26), mm(None) == NONE
    ('0.0', '-1.3', True)
    """
    return NONE if length_mm is None else f"{length_mm:z.1f}"


def share(probability: float) -> str:
    """Return a probability in whole percent; certainty is said only where it is exact.

    >>> share(0.764), share(1.0), share(0.9999), share(0.0001)
    ('76', '100', '> 99', '< 1')
    """
    if 0.995 <= probability < 1:
        return "> 99"
    if 0 < probability < 0.005:
        return "< 1"
    return f"{100 * probability:.0f}"


def is_share(probability: float) -> str:
    """Return a probability in whole percent with the sign that stands before it.

    An estimate never is certainty, even where floating point has no number nearer to it.

    >>> is_share(0.764), is_share(0.9999), is_share(0.0001), is_share(1.0)
    ('= 76', '> 99', '< 1', '> 99')
    """
    shown = share(min(max(probability, 1e-9), 1 - 1e-9))
    return shown if shown.startswith(("<", ">")) else f"= {shown}"


def day(text: str) -> str:
    """Return a date as DICOM writes it the way people read it; anything else as it is.

    >>> day("20090527"), day("2009-05-27"), day("")
    ('2009-05-27', '2009-05-27', '')
    """
    if len(text) == 8 and text.isdecimal():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text


def moment(text: str) -> str:
    """Return an ISO time in UTC to the second.

    >>> moment("2026-11-22T19:13:25.288794+00:00")
    '2026-11-22 19:13:25'
    """
    return text[:19].replace("T", " ")
