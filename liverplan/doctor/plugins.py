"""Back ends and archives: what is installed, and what lacks."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from importlib import metadata

from liverplan.doctor.check import Check, pip_line
from liverplan.segmentation import Segmenter, find_segmenters
from liverplan.segmentation.backends import NetworkSegmenter, what_lacks

PLUGINS = ("dicomseg", "nninteractive", "onnx", "totalsegmentator")


def back_ends() -> Iterator[Check]:
    """Every back end that is installed with what it lacks, and those that could be."""
    found = find_segmenters()
    for name, segmenter in found.items():
        lacking = what_lacks(segmenter)
        yield Check(
            name=f"back end {name}",
            state="lacks" if lacking else "works",
            finding=" and ".join(lacking) if lacking else _what(segmenter),
            mend=_mend(lacking),
        )
    for name in PLUGINS:
        if name not in found:
            yield Check(
                name=f"back end {name}",
                state="lacks",
                finding="it is not installed",
                mend=pip_line(f"liverplan-{name}"),
            )


def _what(segmenter: Segmenter) -> str:
    """Name the network that is shipped, its version, licence and hash."""
    if not isinstance(segmenter, NetworkSegmenter):
        return "nothing lacks"
    about = segmenter.weights
    return f"{about.name} {about.version}, {about.licence}, SHA-256 {about.sha256}"


def archives() -> Check:
    """Whether anything can ask a PACS; none is asked here."""
    found = sorted(entry.name for entry in metadata.entry_points(group="liverplan.archives"))
    return Check(
        name="archives (PACS)",
        state="works" if found else "lacks",
        finding=", ".join(found) if found else "nothing that asks one is installed",
        mend="" if found else pip_line("liverplan-pacs"),
    )


def _mend(lacking: list[str]) -> str:
    """Return the lines that set the variables that lack, and that install."""
    lines = []
    for words in lacking:
        if variable := re.search(r"environment variable ([A-Z0-9_]+)", words):
            lines.append(f"export {variable[1]}=...")
        if target := re.search(r"\(pip install ([^)]+)\)", words):
            lines.append(f"{shlex.quote(sys.executable)} -m pip install {target[1]}")
    return "\n".join(lines)
