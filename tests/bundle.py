"""The bundle in a system without Python, as a newcomer has it: ``python -m tests.bundle [FOLDER]``.

The bundle is built, unless a folder with one is given. A bare Debian is made beside it where this
machine lets us (root, debootstrap); there, as a user who may not write to the bundle, and with no
graphics library installed: version, demo (the same result as the source's), assess, report, doctor,
children of every kind, and the window on a screen of its own. Printed: each step and its seconds.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.bundle.__main__ import build

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data" / "liver_phantom.zip"
USER = 1000
START_WITHIN = 120
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
COLOURS_OF_A_WINDOW, COLOURS_OF_A_CT = 20, 300
"""A blank screen has one; the sheet to open a CT some dozens, and grey values come with a CT."""


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
        begun = time.perf_counter()
        child = self.start(f"{self.bundle}/liverplan", *words)
        told = child.communicate(timeout=600)[0]
        if child.returncode != 0:
            sys.exit(f"{told}\nliverplan {' '.join(map(str, words))}: status {child.returncode}")
        tell(begun, "liverplan " + " ".join(map(str, words)))
        return told


def main() -> None:
    """Build where nothing is given, and try; stop at the first that fails."""
    with tempfile.TemporaryDirectory(prefix="liverplan-bundle-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        begun = time.perf_counter()
        bundle = Path(sys.argv[1]).resolve() if sys.argv[1:] else build(place / "built")
        source = demo_of_the_source(place / "source")
        system = bare_system(place, bundle) or plain_system(place, bundle)
        try_commands(system)
        assert source.wait() == 0
        same_results(place / "source", system.folder / "demo")
        with screen() as (name, picture):
            try_window(system, name, picture)
        tell(begun, "the bundle in all")


def demo_of_the_source(out: Path) -> subprocess.Popen[bytes]:
    """Start what the bundle's own demo must equal."""
    command = [sys.executable, "-m", "liverplan", "demo", "--out", str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def bare_system(place: Path, bundle: Path) -> System | None:
    """Make a Debian with neither Python nor graphics, where this machine lets us."""
    lacking = [tool for tool in ("debootstrap", "unshare", "chroot") if not shutil.which(tool)]
    if os.geteuid() != 0 or lacking:
        print(f"No bare system is made: {', '.join(lacking) or 'only root may'}.", flush=True)
        return None
    begun = time.perf_counter()
    root = place / "root"
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", root, mirror()],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"No bare system is made: {done.stdout[-300:]}", flush=True)
        return None
    home = root / "home" / "reader"
    for folder in (home, root / "opt" / "liverplan", root / "tmp" / ".X11-unix"):
        folder.mkdir(parents=True)
    Path("/tmp/.X11-unix").mkdir(mode=0o1777, exist_ok=True)  # noqa: S108 - X11's own place
    os.chown(home, USER, USER)
    has = sorted(root.glob("usr/bin/python*")) + sorted(root.glob("usr/lib/*/libGL*.so*"))
    assert not has, has
    tell(begun, "a bare Debian 12: no Python, no OpenGL, no fonts")
    prefix = ("unshare", "--mount", "sh", "-euc", IN_A_ROOT, "sh", str(root), str(bundle))
    return System(folder=home, bundle="/opt/liverplan", home="/home/reader", prefix=prefix)


def plain_system(place: Path, bundle: Path) -> System:
    """Use this machine, with a home of its own and no Python on the path."""
    home = place / "home"
    home.mkdir()
    return System(folder=home, bundle=str(bundle), home=str(home))


def mirror() -> str:
    """Return where this machine's own Debian comes from."""
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    told = sources.read_text("utf-8") if sources.is_file() else ""
    found = re.search(r"^URIs:\s*(\S+)", told, re.MULTILINE)
    return found[1] if found else "http://deb.debian.org/debian"


def try_commands(system: System) -> None:
    """Do the job on the sample, and on a series whose pixels a child decodes."""
    assert re.match(r"liverplan \d+\.\d+", system.said("--version"))
    home = system.home
    system.said("demo", "--out", f"{home}/demo")
    (system.folder / "liver_phantom.zip").write_bytes(SAMPLE.read_bytes())
    plane = ("--plane", "-40,0,0,1,0,0")
    click = ("--lesion", "-93.4,6.2,10.4")
    system.said("assess", f"{home}/liver_phantom.zip", "--out", f"{home}/case", *click, *plane)
    for name in ("report.html", "report.pdf"):
        system.said("report", f"{home}/case", "--out", f"{home}/{name}")
        assert (system.folder / name).stat().st_size > 100_000
    told = system.said("doctor")
    assert "works libraries: everything is installed" in told, told
    assert "works OpenGL: a picture was drawn" in told, told


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
    for which in ("first", "second"):
        begun = time.perf_counter()
        app = system.start(
            f"{system.bundle}/liverplan-app", f"{system.home}/liver_phantom.zip", screen=name
        )
        try:
            await_colours(app, picture, COLOURS_OF_A_WINDOW)
            tell(begun, f"the window, {which} start")
            await_colours(app, picture, COLOURS_OF_A_CT)
            tell(begun, f"the sample's CT in it, {which} start")
            keep(picture)
        finally:
            app.terminate()
        told = app.communicate()[0]
        assert "Traceback" not in told, told


def keep(picture: Path) -> None:
    """Keep a screen's picture to look at."""
    place = ROOT / "build" / "bundle-window.png"
    place.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels(picture)).save(place)


def await_colours(app: subprocess.Popen[str], picture: Path, least: int) -> None:
    """Wait until the screen shows so many colours; stop if the program ends before."""
    end = time.monotonic() + START_WITHIN
    while (found := colours(picture)) < least:
        if app.poll() is not None or time.monotonic() > end:
            app.kill()
            sys.exit(f"{app.communicate()[0]}\nThe window shows {found} colours.")
        time.sleep(0.1)


def colours(picture: Path) -> int:
    """Count the colours on a screen, in every second pixel."""
    shown = pixels(picture)[::2, ::2].astype(np.uint32)
    return len(np.unique(shown @ np.array([65536, 256, 1], np.uint32)))


def pixels(picture: Path) -> NDArray[np.uint8]:
    """Return a screen's pixels as (rows, columns, 3) from the X server's own file (XWD)."""
    data = picture.read_bytes()
    head = np.frombuffer(data, ">u4", 25)
    height, line, start = int(head[5]), int(head[12]), int(head[0]) + 12 * int(head[19])
    rows = np.frombuffer(data, np.uint8, height * line, start).reshape(height, line // 4, 4)
    return np.ascontiguousarray(rows[:, : int(head[4]), 2::-1])


def tell(begun: float, words: str) -> None:
    """Say a step and its seconds."""
    print(f"{time.perf_counter() - begun:5.1f} s  {words}", flush=True)


if __name__ == "__main__":
    main()
