"""Arms and centres as the protocol names them, however a table spells them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence


def as_named(text: str, names: Sequence[str]) -> str | None:
    """Return the protocol's name for a spelling; None where it is none of them.

    Case, spaces, hyphens and accents do not count: ``umea`` is Umeå. A name typed wrongly in its
    letters is none of them: guessing an arm would move a patient.
    """
    plain = {_plain(name): name for name in names}
    return plain.get(_plain(text))


def as_commonest(texts: Sequence[str]) -> dict[str, str]:
    """Return, of each text, the commonest of its spellings; where as common, the first."""
    counts = Counter(texts)
    by_plain: dict[str, list[str]] = {}
    for text in counts:
        by_plain.setdefault(_plain(text), []).append(text)
    return {
        text: max(spellings, key=lambda one: counts[one])
        for spellings in by_plain.values()
        for text in spellings
    }


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
