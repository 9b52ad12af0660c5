"""How long what people write may be; whatever is longer is refused, and never cut short unsaid."""

from __future__ import annotations

LONGEST_NAME = 63
"""Characters: a DICOM person name has 64, one of which ends the family name."""

LONGEST_TEXT = 2000
"""Characters of a reason or a note: half a page."""


def unfit_name(name: str) -> str:
    """Say why a person's name cannot be kept; "" if it can."""
    return _unfit(name, "The name", LONGEST_NAME)


def unfit_text(text: str, what: str) -> str:
    """Say why a text, such as "The reason", cannot be kept; "" if it can."""
    return _unfit(text, what, LONGEST_TEXT)


def _unfit(text: str, what: str, most: int) -> str:
    if len(text) > most:
        return f"{what} has {len(text):,} characters, and at most {most:,} are kept."
    if any("\ud800" <= one <= "\udfff" for one in text):
        return f"{what} is no text in Unicode."
    return ""
