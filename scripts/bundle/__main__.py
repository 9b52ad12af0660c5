"""A folder with everything inside, that needs no Python: ``python -m scripts.bundle``.

The same on Linux, Windows and macOS, each for itself. Printed: the steps with their seconds, and
what the folder weighs.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from py_compile import PycInvalidationMode

from liverplan import __version__
from scripts.bundle import software_opengl

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = f"liverplan-{__version__}-{platform.system().lower()}-{platform.machine().lower()}"


def main() -> None:
    """Build the bundle, and with ``--archive`` one file of it to hand on."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bundle", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bundle")
    parser.add_argument("--archive", action="store_true", help="one file of it, to hand on")
    chosen = parser.parse_args()
    bundle = build(chosen.out)
    if chosen.archive:
        start = time.perf_counter()
        tell(start, f"archive: {archive(bundle)}")


def build(out: Path) -> Path:
    """Build the bundle in a folder; return its own folder there."""
    require_builder()
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - PyInstaller of this Python
        [
            *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"),
            *("--distpath", str(out), "--workpath", str(out / "work")),
            str(HERE / "liverplan.spec"),
        ],
        cwd=ROOT,
        check=True,
    )
    bundle = out / "liverplan"
    inside = bundle / "_internal"
    tell(start, "collected by PyInstaller")
    start = time.perf_counter()
    compileall.compile_dir(
        inside / "liverplan",
        quiet=1,
        stripdir=str(inside),
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    shutil.copy2(ROOT / "LICENSE", bundle)
    sample = shutil.ignore_patterns("pictures", "*.py")
    shutil.copytree(ROOT / "sample_data", bundle / "sample_data", ignore=sample)
    if sys.platform == "linux":
        finish_for_linux(bundle, inside)
    tell(start, f"finished: {bundle}, {weight(bundle) / 1e6:.0f} MB")
    return bundle


def finish_for_linux(bundle: Path, inside: Path) -> None:
    """Lend OpenGL in software, and put the start menu's entry beside the programs."""
    if not software_opengl.lend(inside):
        sys.stderr.write(
            "This system has no Mesa to lend, so the bundle's window needs the other system's "
            f"OpenGL. On Debian or Ubuntu: sudo apt-get install {software_opengl.PACKAGES}\n"
        )
    shutil.copy2(HERE / "liverplan.svg", bundle)
    shutil.copy2(HERE / "install.sh", bundle / "install")
    (bundle / "install").chmod(0o755)


def require_builder() -> None:
    """Refuse in words where PyInstaller is missing."""
    if importlib.util.find_spec("PyInstaller") is None:
        sys.exit(
            "A bundle is built by PyInstaller, which is missing: "
            f"{sys.executable} -m pip install -c constraints.txt '.[app,cohort,bundle]'"
        )


def archive(bundle: Path) -> Path:
    """Return one file that holds the bundle: as is usual on this system."""
    kind = "zip" if sys.platform == "win32" else "gztar"
    return Path(shutil.make_archive(str(bundle.parent / NAME), kind, bundle.parent, bundle.name))


def weight(bundle: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(f.stat().st_size for f in bundle.rglob("*") if f.is_file() and not f.is_symlink())


def tell(start: float, words: str) -> None:
    """Say a step and its seconds."""
    sys.stdout.write(f"{time.perf_counter() - start:5.0f} s  {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
