"""The Python libraries that liverplan and its extras ask for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from liverplan.doctor.check import Check
from liverplan.installed import adding, anew, renewing

CODECS = ("imagecodecs", "pyjpegls", "pylibjpeg", "pylibjpeg-openjpeg")
EXTRAS = {
    "app": "desktop application",
    "cohort": "cohorts",
}


def libraries(extra: str) -> Check:
    """Whether everything that liverplan, or one of its extras, asks for is there."""
    needs = list(requirements(extra))
    lacking = [str(need) for need in needs if _fault(need)]
    if not needs:
        lacking = ["this installation is older than that"]
    return Check(
        name=EXTRAS.get(extra, "libraries"),
        state="lacks" if lacking else "works",
        finding=", ".join(lacking) if lacking else "everything is installed",
        mend=_mend(extra, grown=not needs) if lacking else "",
        needed="for its own work" if extra else "always",
    )


def codecs() -> Check:
    """Whether the libraries that open compressed CT can be loaded."""
    asked = {need.name for need in requirements("")}
    modules = {
        dist: module
        for module, dists in metadata.packages_distributions().items()
        for dist in dists
    }
    broken = [
        f"{name} ({reason})"
        for name in CODECS
        if name in asked and name in modules and (reason := _loads(modules[name]))
    ]
    return Check(
        name="codecs for compressed CT",
        state="lacks" if broken else "works",
        finding=", ".join(broken) if broken else ", ".join(n for n in CODECS if n in asked),
        mend=anew(*(name.partition(" ")[0] for name in broken)) if broken else "",
        needed="always",
    )


def is_installed(distribution: str) -> bool:
    """Whether a distribution is installed."""
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def requirements(extra: str) -> Iterator[Requirement]:
    """Yield what liverplan, or one of its extras, asks for."""
    for line in metadata.requires("liverplan") or ():
        need = Requirement(line)
        of_extra = need.marker is not None and "extra" in str(need.marker)
        fits = need.marker is None or need.marker.evaluate({"extra": extra})
        if fits and of_extra == bool(extra):
            need.marker = None
            yield need


def _mend(extra: str, *, grown: bool) -> str:
    """Return the line that brings what lacks; ``grown`` where this is a checkout's older self."""
    if grown:
        return renewing(extra)
    return adding(f"liverplan[{extra}]" if extra else "liverplan")


def _fault(need: Requirement) -> bool:
    try:
        return not need.specifier.contains(metadata.version(need.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return True


def _loads(module: str) -> str:
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - a native library may fail in any way
        return str(error) or type(error).__name__
    return ""
