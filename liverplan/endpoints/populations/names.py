"""Arms and centres as the protocol names them, however a table spells them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def as_named(text: str, names: Sequence[str]) -> str | None:
    """Return the protocol's name for a spelling; None where it is none of them.

    Case, spaces, hyphens and accents do not count: ``umea`` is Umeå. A name typed wrongly in its
    letters is none of them: guessing an arm would move a patient.
    """
    plain = {_plain(name): name for name in names}
    return plain.get(_plain(text))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
