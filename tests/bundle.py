"""The bundle in a system without Python, as a newcomer has it: ``python -m tests.bundle [FOLDER]``.

The bundle is built, unless a folder with one is given. A bare Debian is made beside it where this
machine lets us (root, debootstrap); there, as a user who may not write to the bundle, and with no
graphics library installed: version, demo (the same result as the source's), assess, report, doctor,
children of every kind, and the window on a screen of its own. Printed: each step and its seconds.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

from scripts.bundle.__main__ import build

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data" / "liver_phantom.zip"
USER = 1000
CODECS = (RLELossless, JPEGLSLossless, JPEG2000Lossless)
START_WITHIN = 120
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
SPLASH = np.s_[405:595, 520:1080]
STEPS = np.s_[40:400, :330]
SLICES = np.s_[40:400, 360:980]
"""Where the screen shows what is seen first, and the window its steps and its largest slice."""


IN_A_ROOT = """
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind /tmp/.X11-unix "$1/tmp/.X11-unix"
mount --bind "$2" "$1/opt/liverplan"
mount -o remount,bind,ro "$1/opt/liverplan"
root=$1
shift 2
exec chroot --userspec=1000:1000 "$root" "$@"
"""
"""Run in mounts of its own, which end with it."""


@dataclass(frozen=True, kw_only=True)
class System:
    """Where the bundle is tried: folders as this machine and as the tried system name them."""

    folder: Path
    bundle: str
    home: str
    prefix: tuple[str, ...] = ()

    def start(self, *words: object, screen: str = "") -> subprocess.Popen[str]:
        """Start a program of the bundle."""
        return subprocess.Popen(
            [*self.prefix, *map(str, words)],
            cwd=self.folder,
            env={"PATH": PATH, "HOME": self.home, "LANG": "C.UTF-8", "DISPLAY": screen},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def said(self, *words: object) -> str:
        """Run the command line to its end; return what it said, or stop."""
        begun = Begun()
        child = self.start(f"{self.bundle}/liverplan", *words)
        told = child.communicate(timeout=600)[0]
        if child.returncode != 0:
            sys.exit(f"{told}\nliverplan {' '.join(map(str, words))}: status {child.returncode}")
        begun.tell("liverplan " + " ".join(map(str, words)))
        return told


def main() -> None:
    """Build where nothing is given, and try; stop at the first that fails."""
    with tempfile.TemporaryDirectory(prefix="liverplan-bundle-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        begun = Begun()
        with ThreadPoolExecutor() as beside:  # it waits for downloads
            root = beside.submit(bare_root, place / "root")
            bundle = Path(sys.argv[1]).resolve() if sys.argv[1:] else build(place / "built")
            source = demo_of_the_source(place / "source")
        system = system_of(root.result(), place, bundle)
        try_commands(system)
        try_start_menu(system)
        assert source.wait() == 0
        same_results(place / "source", system.folder / "demo")
        with screen() as (name, picture):
            try_window(system, name, picture)
        begun.tell("the bundle in all")


def demo_of_the_source(out: Path) -> subprocess.Popen[bytes]:
    """Start what the bundle's own demo must equal."""
    command = [sys.executable, "-m", "liverplan", "demo", "--out", str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def bare_root(root: Path) -> Path | None:
    """Make a Debian with neither Python nor graphics, where this machine lets us."""
    if why := why_not():
        print(f"No bare system is made: {why}.", flush=True)
        return None
    begun = Begun()
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", root, *mirror()],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"No bare system is made: {done.stdout[-300:]}", flush=True)
        return None
    has = sorted(root.glob("usr/bin/python*")) + sorted(root.glob("usr/lib/*/libGL*.so*"))
    assert not has, has
    begun.tell("a bare Debian 12: no Python, no OpenGL, no fonts")
    return root


def why_not() -> str:
    """Return why this machine makes no bare system, if it does not."""
    lacking = [tool for tool in ("debootstrap", "unshare", "chroot") if not shutil.which(tool)]
    if lacking:
        return f"{' and '.join(lacking)} is missing"
    mounts = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return "" if mounts.returncode == 0 else "only root may"


def system_of(root: Path | None, place: Path, bundle: Path) -> System:
    """Return the bare system, or this machine with a home of its own and no Python on the path."""
    home = place / "home" if root is None else root / "home" / "reader"
    home.mkdir(parents=True)
    if root is None:
        return System(folder=home, bundle=str(bundle), home=str(home))
    os.chown(home, USER, USER)
    Path("/tmp/.X11-unix").mkdir(mode=0o1777, exist_ok=True)  # noqa: S108 - X11's own place
    for folder in ("opt/liverplan", "tmp/.X11-unix"):
        (root / folder).mkdir(parents=True)
    prefix = ("unshare", "--mount", "sh", "-euc", IN_A_ROOT, "sh", str(root), str(bundle))
    return System(folder=home, bundle="/opt/liverplan", home="/home/reader", prefix=prefix)


def mirror() -> list[str]:
    """Return where this machine's own Debian comes from, if it says so; debootstrap knows one."""
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    told = sources.read_text("utf-8") if sources.is_file() else ""
    return re.findall(r"^URIs:\s*(\S+)", told, re.MULTILINE)[:1]


def try_commands(system: System) -> None:
    """Do the job on the sample, and look at what works."""
    assert re.match(r"liverplan \d+\.\d+", system.said("--version"))
    home = system.home
    system.said("demo", "--out", f"{home}/demo")
    write_compressed(system.folder / "ct")
    plan = ("--lesion", "-93.4,6.2,10.4", "--plane", "-40,0,0,1,0,0")
    system.said("assess", f"{home}/ct", "--out", f"{home}/case", *plan)
    for name in ("report.html", "report.pdf"):
        system.said("report", f"{home}/case", "--out", f"{home}/{name}")
        assert (system.folder / name).stat().st_size > 100_000
    told = system.said("doctor")
    assert "works  libraries: everything is installed" in told, told
    assert "works  OpenGL: a picture was drawn" in told, told


def try_start_menu(system: System) -> None:
    """Make the start menu's entry and the command, use it, and take both out again."""
    desktop = system.folder / ".local/share/applications/liverplan.desktop"
    told = system.start(f"{system.bundle}/install").communicate()[0]
    assert f'Exec="{system.bundle}/liverplan-app" %f' in desktop.read_text("utf-8"), told
    told = system.start(f"{system.home}/.local/bin/liverplan", "--version").communicate()[0]
    assert told.startswith("liverplan "), told
    told = system.start(f"{system.bundle}/install", "--remove").communicate()[0]
    assert not desktop.exists(), told


def write_compressed(folder: Path) -> None:
    """Write the sample with its pixels compressed in turn by each codec, for the bundle's child."""
    folder.mkdir()
    with ZipFile(SAMPLE) as sample:
        for number, name in enumerate(sorted(sample.namelist())):
            dataset = pydicom.dcmread(io.BytesIO(sample.read(name)))
            dataset.compress(CODECS[number % len(CODECS)], generate_instance_uid=False)
            dataset.save_as(folder / f"{number:04}.dcm")


def same_results(source: Path, bundle: Path) -> None:
    """Hold the bundle's result to the source's, byte for byte."""
    one, other = ((folder / "result.json").read_bytes() for folder in (source, bundle))
    assert one == other


@contextmanager
def screen() -> Iterator[tuple[str, Path]]:
    """Open a screen; yield its name and the file that its pixels lie in."""
    with tempfile.TemporaryDirectory() as place:
        server = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", "1", "-ac", "-nolisten", "tcp"),
                *("-fbdir", place, "-screen", "0", "1600x1000x24"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout is not None
            yield f":{server.stdout.readline().strip()}", Path(place) / "Xvfb_screen0"
        finally:
            server.terminate()
            server.wait()


def try_window(system: System, name: str, picture: Path) -> None:
    """Open the sample in the window twice, and wait for its picture each time."""
    shutil.copy2(SAMPLE, system.folder / SAMPLE.name)
    for which in ("first", "second"):
        begun = Begun()
        app = system.start(
            f"{system.bundle}/liverplan-app", f"{system.home}/{SAMPLE.name}", screen=name
        )
        try:
            wait_until(app, lambda: colours(pixels(picture)[SPLASH]) > 8, "splash")
            first = begun.seconds()
            wait_until(app, lambda: colours(pixels(picture)[STEPS]) > 20, "window")
            seconds = begun.seconds()
            wait_until(app, lambda: colours(pixels(picture)[SLICES]) > 60, "slices")
            keep(picture)
        finally:
            app.terminate()
            told = app.communicate()[0]
        assert "Traceback" not in told, told
        seen = f"a splash after {first:.1f} s, the window after {seconds:.1f} s"
        begun.tell(f"{which} start: {seen}; with the sample's slices")


def keep(picture: Path) -> None:
    """Keep a screen's picture to look at."""
    place = ROOT / "build" / "bundle-window.png"
    place.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels(picture)).save(place)


def wait_until(app: subprocess.Popen[str], shown: Callable[[], bool], what: str) -> None:
    """Wait until something is shown; stop if the program ends before, or the time does."""
    end = time.monotonic() + START_WITHIN
    while not shown():
        if app.poll() is not None or time.monotonic() > end:
            app.kill()
            sys.exit(f"{app.communicate()[0]}\nThe {what} did not come.")
        time.sleep(0.1)


def colours(shown: NDArray[np.uint8]) -> int:
    """Count the colours of a part of a screen, in every second pixel."""
    return len(np.unique(shown[::2, ::2].astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)))


def pixels(picture: Path) -> NDArray[np.uint8]:
    """Return a screen's pixels as (rows, columns, 3) from the X server's own file (XWD)."""
    data = picture.read_bytes()
    head = np.frombuffer(data, ">u4", 25)
    height, line, start = int(head[5]), int(head[12]), int(head[0]) + 12 * int(head[19])
    rows = np.frombuffer(data, np.uint8, height * line, start).reshape(height, line // 4, 4)
    return np.ascontiguousarray(rows[:, : int(head[4]), 2::-1])


class Begun:
    """When a step began, by the clock and by the processor's time of children that have ended."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), spent()

    def seconds(self) -> float:
        """Return the seconds since."""
        return time.perf_counter() - self.clock

    def tell(self, words: str) -> None:
        """Say a step, its seconds, and how long a processor worked for it."""
        worked = spent() - self.processor
        print(f"{self.seconds():6.1f} s ({worked:5.1f} s of a processor)  {words}", flush=True)


def spent() -> float:
    """Return the processor's time of children that have ended, and of theirs, in seconds."""
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    main()
