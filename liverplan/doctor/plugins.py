"""Back ends and archives: what is installed, and what lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from liverplan.dicom import archive
from liverplan.doctor.check import Check
from liverplan.errors import BackendError
from liverplan.installed import adding, in_own_way, lines_of
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
            finding=in_own_way(" and ".join(lacking)) if lacking else _what(segmenter),
            mend=_mend(lacking),
        )
    for name in PLUGINS:
        if name not in found:
            yield Check(
                name=f"back end {name}",
                state="lacks",
                finding="it is not installed",
                mend=adding(f"liverplan-{name}"),
            )


def _what(segmenter: Segmenter) -> str:
    """Name the network that is shipped, its version, licence and hash."""
    if not isinstance(segmenter, NetworkSegmenter):
        return "nothing lacks"
    about = segmenter.weights
    return f"{about.name} {about.version}, {about.licence}, SHA-256 {about.sha256}"


def archives() -> Iterator[Check]:
    """Whether anything can ask a PACS, and each entry that has a fault; none is asked here."""
    found = sorted(entry.name for entry in metadata.entry_points(group=archive.GROUP))
    yield Check(
        name="archives (PACS)",
        state="works" if found else "lacks",
        finding=", ".join(found) if found else "nothing that asks one is installed",
        mend="" if found else adding("liverplan-pacs"),
    )
    if found and archive.config_path().is_file():
        for name, fault in _entries_with_faults():
            yield Check(name=name, state="lacks", finding=fault)


def _entries_with_faults() -> list[tuple[str, str]]:
    try:
        faults = archive.archive_faults()
    except BackendError as fault:
        return [("archives' file", str(fault))]
    return [(f"archive {name}", fault) for name, fault in faults.items()]


def _mend(lacking: list[str]) -> str:
    """Return the lines that set the variables that lack, and that install."""
    lines = []
    for words in lacking:
        if variable := re.search(r"environment variable ([A-Z0-9_]+)", words):
            lines.append(f"export {variable[1]}=...")
        lines += lines_of(words)
    return "\n".join(lines)
