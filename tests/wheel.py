"""What is given out, installed as a stranger would: ``python -m tests.wheel``.

``scripts/wheels`` builds into two folders: the bytes are equal. The wheel holds what is under
version control in ``liverplan`` and nothing else; the source distribution builds the same wheel.
The wheel is installed into a fresh environment, away from the checkout; there the sample is
assessed, the doctor looks, and the line that it prints for a plugin is typed. Printed: sizes and
times.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from email import message_from_bytes
from pathlib import Path

from packaging.metadata import Metadata

ROOT = Path(__file__).parents[1]
LARGEST_MB = 20
"""Of the wheel: whoever ships more of networks says so here."""
FROM_AN_INDEX = re.compile(r"liverplan(-[a-z]+)?(\[.*\])?$")
"""A name of ours that a line would look up where it is not ours."""
BESIDE = {".gitignore", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
"""What hatchling puts into every source distribution."""


def main() -> None:
    """Build, hold against each other, install and use."""
    with tempfile.TemporaryDirectory(prefix="liverplan-wheel-") as place:
        folder = Path(place)
        use(install(build(folder), folder), folder)


def build(folder: Path) -> Path:
    """Build everything twice; return the folder of the first, whose contents are as they should."""
    start = time.perf_counter()
    first, second, anew = (folder / name for name in ("dist", "again", "from-source"))
    for out in (first, second):
        run(ROOT / "scripts" / "wheels", out)
    wheel, source = one(first, "liverplan-*.whl"), one(first, "liverplan-*.tar.gz")
    for built in sorted(first.iterdir()):
        assert built.read_bytes() == (second / built.name).read_bytes(), f"{built.name} differs"
        print(f"{built.name}: {built.stat().st_size / 1e6:.2f} MB", flush=True)
    check_contents(wheel, source)
    with tarfile.open(source) as archive:
        archive.extractall(anew, filter="data")
    hatchling = (ROOT / ".venv" / "bin" / "python", "-m", "hatchling", "build", "--target", "wheel")
    run(*hatchling, "--directory", anew, folder=next(anew.iterdir()))
    assert one(anew, "*.whl").read_bytes() == wheel.read_bytes(), "the source makes another wheel"
    print(f"built twice and from source, byte for byte the same: {since(start)}", flush=True)
    return first


def check_contents(wheel: Path, source: Path) -> None:
    """Hold the files of wheel and source against version control, and read the metadata."""
    ours = set(tracked())
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        about = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = Metadata.from_email(archive.read(about), validate=True)
        said = message_from_bytes(archive.read(about))
    assert held == {name for name in ours if name.startswith("liverplan/")}, held ^ ours
    assert wheel.stat().st_size < LARGEST_MB * 1e6
    assert metadata.description
    assert said["Description-Content-Type"] == "text/markdown"
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    extra = {name for name in names - BESIDE if name not in ours}
    assert not extra, extra
    assert not {name for name in names if name.startswith(("tests/", "notebooks/", "plugins/"))}


def install(built: Path, folder: Path) -> Path:
    """Return a fresh environment with the wheel, at the versions that lie beside it."""
    start = time.perf_counter()
    base = folder / "base"
    run(sys.executable, "-m", "venv", base)
    add(base, built, one(built, "liverplan-*.whl"))
    print(f"liverplan alone, by its wheel: {since(start)}", flush=True)
    return base


def add(environment: Path, built: Path, *what: object) -> None:
    """Install with the versions that lie beside the wheels."""
    pip = (environment / "bin" / "python", "-m", "pip", "install", "-q")
    run(*pip, "--disable-pip-version-check", "-c", built / "constraints.txt", *what)


def use(environment: Path, folder: Path) -> None:
    """Assess the sample and look around, away from the checkout; type a line that is printed."""
    start = time.perf_counter()
    liverplan = environment / "bin" / "liverplan"
    work = folder / "work"
    work.mkdir()
    verdict = run(liverplan, "demo", "--out", work / "demo", folder=work)
    assert list(work.rglob("report.html")), verdict
    lines = {check["name"]: check for check in doctor(liverplan, work)}
    assert lines["libraries"]["state"] == "works"
    for check in lines.values():
        for line in check["mend"].splitlines():
            words = shlex.split(line)
            assert words, line
            assert str(ROOT) not in line, line
            named = [word for word in words if FROM_AN_INDEX.match(word)]
            assert "install" not in words or not named, line
    print(f"the sample's verdict, and what the doctor says: {since(start)}", flush=True)
    start = time.perf_counter()
    run(*shlex.split(lines["back end dicomseg"]["mend"]), folder=work)
    now = {check["name"]: check for check in doctor(liverplan, work)}
    assert "not installed" not in now["back end dicomseg"]["finding"]
    print(f"a plugin by the line that the doctor printed: {since(start)}", flush=True)
    run(environment / "bin" / "python", "-m", "pip", "uninstall", "-q", "-y", "liverplan-dicomseg")


def doctor(liverplan: Path, work: Path) -> list[dict[str, str]]:
    """Return what the doctor finds."""
    return json.loads(run(liverplan, "doctor", "--json", folder=work))["checks"]


def one(folder: Path, pattern: str) -> Path:
    """Return the only file of a folder that fits a pattern."""
    (found,) = folder.glob(pattern)
    return found


def tracked() -> list[str]:
    """Return the names under version control."""
    git = ("git", "-c", "safe.directory=*", "ls-files")  # whoever owns the checkout
    return run(*git, folder=ROOT).splitlines()


def since(start: float) -> str:
    """Return the seconds since then."""
    return f"{time.perf_counter() - start:.0f} s"


def run(*command: object, folder: Path | None = None) -> str:
    """Run a command away from the checkout; return what it said, or stop."""
    words = [str(part) for part in command]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nFailed with status {done.returncode}: {' '.join(words)}")
    return done.stdout


if __name__ == "__main__":
    main()
