"""``liverplan doctor``: what works here, what lacks, and the exact line that mends it.

It looks and tries; it installs nothing, asks no server and opens no window.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

import typer
from packaging.requirements import Requirement

import liverplan
from liverplan.segmentation import find_segmenters
from liverplan.segmentation.backends import what_lacks

app = typer.Typer()

State = Literal["works", "lacks"]

CODECS = ("imagecodecs", "pyjpegls", "pylibjpeg", "pylibjpeg-openjpeg")
EXTRAS = {
    "app": "desktop application",
    "cohort": "cohorts",
    "endpoints": "the trial's endpoints",
}
PLUGINS = ("dicomseg", "nninteractive", "onnx", "totalsegmentator")
SYSTEM_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""What the window needs of a Linux system, and Debian's packages."""

DRAWS = """
from vtkmodules.vtkRenderingCore import vtkRenderWindow
import vtkmodules.vtkRenderingOpenGL2
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(8, 8)
window.Render()
print("drawn" if window.SupportsOpenGL() else "no")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at: how it is, and the line that mends it."""

    name: str
    state: State
    finding: str
    mend: str = ""
    needed: Literal["always", "for its own work"] = "for its own work"


@app.command()
def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Say what works here, what lacks, and the line that mends it."""
    checks = list(examine())
    if as_json:
        document = {"schema": "liverplan.doctor/1", "checks": [asdict(check) for check in checks]}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(f"liverplan {liverplan.__version__}, {_system()}")
        for check in checks:
            typer.echo(_in_words(check))
    if any(check.state == "lacks" and check.needed == "always" for check in checks):
        raise typer.Exit(1)


def examine() -> Iterator[Check]:
    """Look at everything, what is always needed first."""
    yield _libraries("")
    yield _codecs()
    for extra in EXTRAS:
        yield _libraries(extra)
    if metadata_has("vtk"):
        yield from _drawing()
    yield from _back_ends()
    yield _archives()


def _libraries(extra: str) -> Check:
    """Whether everything that liverplan, or one of its extras, asks for is there."""
    needs = list(_requirements(extra))
    lacking = [str(need) for need in needs if _fault(need)]
    if not needs:
        lacking = ["this installation is older than that"]
    return Check(
        name=EXTRAS.get(extra, "libraries"),
        state="lacks" if lacking else "works",
        finding=", ".join(lacking) if lacking else "everything is installed",
        mend=_pip(f"liverplan[{extra}]" if extra else "liverplan") if lacking else "",
        needed="for its own work" if extra else "always",
    )


def _requirements(extra: str) -> Iterator[Requirement]:
    for line in metadata.requires("liverplan") or ():
        need = Requirement(line)
        of_extra = need.marker is not None and "extra" in str(need.marker)
        fits = need.marker is None or need.marker.evaluate({"extra": extra})
        if fits and of_extra == bool(extra):
            need.marker = None
            yield need


def _fault(need: Requirement) -> bool:
    try:
        return not need.specifier.contains(metadata.version(need.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return True


def metadata_has(distribution: str) -> bool:
    """Whether a distribution is installed."""
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def _codecs() -> Check:
    """Whether the libraries that open compressed CT can be loaded."""
    asked = {need.name for need in _requirements("")}
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
        mend=f"{_quoted(sys.executable)} -m pip install --force-reinstall "
        + " ".join(name.partition(" ")[0] for name in broken)
        if broken
        else "",
        needed="always",
    )


def _loads(module: str) -> str:
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - a native library may fail in any way
        return str(error) or type(error).__name__
    return ""


def _drawing() -> Iterator[Check]:
    """Whether a window could open and draw, without opening one."""
    if sys.platform == "linux":
        lacking = [package for file, package in SYSTEM_LIBRARIES.items() if not _opens(file)]
        yield Check(
            name="system libraries of the window",
            state="lacks" if lacking else "works",
            finding=", ".join(lacking) if lacking else "everything is installed",
            mend=f"sudo apt-get install {' '.join(lacking)}" if lacking else "",
        )
        shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        yield Check(
            name="screen",
            state="works" if shown else "lacks",
            finding=shown or "neither DISPLAY nor WAYLAND_DISPLAY is set",
            mend="" if shown else 'xvfb-run -a -s "-screen 0 1600x1000x24" liverplan app',
        )
    drawn = _answers(DRAWS) == "drawn"
    yield Check(
        name="OpenGL",
        state="works" if drawn else "lacks",
        finding="a picture was drawn" if drawn else "nothing could be drawn",
        mend="" if drawn else "sudo apt-get install libgl1 libegl1 libgl1-mesa-dri",
    )


def _opens(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def _answers(question: str) -> str:
    """Ask a child process, which may crash."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and question
            [sys.executable, "-c", question],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _back_ends() -> Iterator[Check]:
    """Every back end that is installed with what it lacks, and those that could be."""
    found = find_segmenters()
    for name, segmenter in found.items():
        lacking = what_lacks(segmenter)
        yield Check(
            name=f"back end {name}",
            state="lacks" if lacking else "works",
            finding=" and ".join(lacking) if lacking else "nothing lacks",
            mend=_mend(lacking),
        )
    for name in PLUGINS:
        if name not in found:
            yield Check(
                name=f"back end {name}",
                state="lacks",
                finding="it is not installed",
                mend=_pip(f"liverplan-{name}"),
            )


def _archives() -> Check:
    """Whether anything can ask a PACS; none is asked here."""
    found = sorted(entry.name for entry in metadata.entry_points(group="liverplan.archives"))
    return Check(
        name="archives (PACS)",
        state="works" if found else "lacks",
        finding=", ".join(found) if found else "nothing that asks one is installed",
        mend="" if found else _pip("liverplan-pacs"),
    )


def _mend(lacking: list[str]) -> str:
    """Return the lines that set the variables that lack, and that install."""
    lines = []
    for words in lacking:
        if variable := re.search(r"environment variable ([A-Z0-9_]+)", words):
            lines.append(f"export {variable[1]}=...")
        if target := re.search(r"\(pip install ([^)]+)\)", words):
            lines.append(f"{_quoted(sys.executable)} -m pip install {target[1]}")
    return "\n".join(lines)


def _pip(target: str) -> str:
    """Return the line that installs, from the checkout if this is one."""
    checkout = Path(liverplan.__file__).parents[1]
    if not (checkout / "plugins").is_dir() or not (checkout / "pyproject.toml").is_file():
        return f"{_quoted(sys.executable)} -m pip install {_quoted(target)}"
    plugin = checkout / "plugins" / target
    place = plugin if plugin.is_dir() else Path(f"{checkout}{target.removeprefix('liverplan')}")
    pins = _quoted(str(checkout / "constraints.txt"))
    return f"{_quoted(sys.executable)} -m pip install -c {pins} -e {_quoted(str(place))}"


_quoted: Callable[[str], str] = shlex.quote


def _system() -> str:
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        memory = f", {gib:.0f} GiB"
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors{memory}"
    )


def _in_words(check: Check) -> str:
    line = f"{check.state:6} {check.name}: {check.finding}"
    return "\n       ".join([line, *check.mend.splitlines()])
