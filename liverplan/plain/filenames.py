"""Names of files and folders made of what people wrote: fit for every system, one each."""

from __future__ import annotations

import re
from hashlib import sha256
from unicodedata import normalize

from liverplan.plain.shown import bare

LONGEST_BYTES = 100
"""Of a name without its ending; file systems allow 255 with it."""

RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names of devices on Windows, with any ending."""


def file_name(text: str, *, otherwise: str = "unnamed") -> str:
    """Return a name for a file: words of letters and digits, with hyphens between.

    Texts that differ in more than case, spaces and the dot of an abbreviation get different names,
    also where a file system does not tell capitals from small letters: what a name cannot keep is
    told by a hash after a dot, which no plain name holds.

    >>> file_name("R. Lind"), file_name("../Lind").partition(".")[0]
    ('r-lind', 'lind')
    """
    composed = _composed(text)
    if not composed:
        return otherwise
    words = re.findall(r"[^\W_]+", bare(composed))
    name = _shortened("-".join(words)) or otherwise
    if name.replace("-", " ") == composed and name not in RESERVED:
        return name
    return f"{name}.{sha256(composed.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def fits_as_file_name(name: str) -> bool:
    """Whether a name is one of a file, as it is, on every system."""
    stem = name.partition(".")[0].rstrip().lower()
    return (
        re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?", name) is not None
        and len(name) <= LONGEST_BYTES
        and stem not in RESERVED
    )


def kept_as_file_name(name: str) -> str:
    """Return a name as it is where every system can keep it, else as `file_name` makes one.

    >>> kept_as_file_name("Adverse.events"), kept_as_file_name("../x").partition(".")[0]
    ('Adverse.events', 'x')
    """
    return name if fits_as_file_name(name) else file_name(name)


def _composed(text: str) -> str:
    """Return a text as it is compared: composed, in small letters, without an initial's dot."""
    spaced = " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())
    return re.sub(r"(?<=\w)\.(?= |$)", "", spaced)


def _shortened(name: str) -> str:
    return name.encode()[:LONGEST_BYTES].decode(errors="ignore").rstrip("-")
