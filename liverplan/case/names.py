"""When two spellings of a name are one person's."""

from __future__ import annotations

import unicodedata

UNSEEN = frozenset({"Cc", "Cf"})
"""Categories that leave no mark of their own: controls, joiners, zero widths."""


def same_name(a: str, b: str) -> bool:
    """Whether two names differ in nothing but how they are typed."""
    return folded(a) == folded(b)


def folded(name: str) -> str:
    """Return a name as names are compared: composed, without case, zero widths or stray spaces."""
    composed = unicodedata.normalize("NFKC", name.casefold())
    spaced = "".join(" " if c.isspace() else c for c in composed)
    seen = "".join(c for c in spaced if unicodedata.category(c) not in UNSEEN)
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())
