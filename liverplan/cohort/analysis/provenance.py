"""What the analysis was made from and with: files by their hash, libraries by their version."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from liverplan import __version__

LIBRARIES = ("numpy", "scipy", "pandas", "matplotlib")


def provenance(inputs: Sequence[Path]) -> dict[str, Any]:
    """Return the input files with their SHA-256, and the versions of what computed."""
    found = {dist.name.lower(): dist.version for dist in map(_distribution, LIBRARIES) if dist}
    return {
        "inputs": [{"file": path.name, "sha256": sha256(path.read_bytes())} for path in inputs],
        "versions": {"liverplan": __version__, "python": platform.python_version(), **found},
    }


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _distribution(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
