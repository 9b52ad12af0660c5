"""What each way of an archive to misbehave costs: ``python -m tests.benchmarks.archives``.

The command line searches or fetches, in a process of its own, from an archive that misbehaves in
one way, over DICOMweb and over DIMSE. Printed: exit status, seconds, the most memory, what the
archive sent and what lay on disk (MB), and the sentence. Then Ctrl-C, while the archive is silent.
``--base PATH`` also fetches from honest archives, side by side with another checkout.

It exits with 1 if anything was kept that was not asked for, took more than 60 s or 500 MB beyond
the limits, said anything but one sentence, or said what names the patient.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "plugins" / "liverplan-pacs" / "tests"))

from misbehaving import dimse, web  # noqa: E402 - beside the plugin's own tests
from misbehaving.images import COUNT, PATIENT, SERIES, STUDY  # noqa: E402
from misbehaving.way import Way  # noqa: E402

from liverplan.words import words_of  # noqa: E402
from tests.benchmarks.archives_speed import side_by_side  # noqa: E402

DEADLINE_S, LARGEST_MB = 12, 100
LIMITS = f"timeout_s = 5\ndeadline_s = {DEADLINE_S}\nlargest_mb = {LARGEST_MB}\n"
BEYOND_S, BEYOND_MB = 60, 500
MAIN = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
from liverplan.cli import main
main()
"""
MB = 10**6
FIND = ["find", "ward", "--patient-id", PATIENT]
FETCH = ["fetch", "ward", STUDY, SERIES, "ct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one way came to."""

    exit_status: int
    seconds: float
    memory_mb: float
    disk_mb: float
    kept: int
    err: str


def main() -> None:
    """Try every way; print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="another checkout to fetch with, side by side")
    parser.add_argument("--only", default="", help="ways whose name holds this")
    asked = parser.parse_args()
    print(f"limits: {DEADLINE_S} s for each search and fetch, {LARGEST_MB} MB; silence 5 s")
    print(f"{'':8} {'exit':>4} {'s':>6} {'MB':>5} {'sent':>6} {'disk':>5}  way: what is said")
    wrong = [
        way.name
        for kind in (web, dimse)
        for way in kind.WAYS
        if asked.only in way.name and not tried(kind, way)
    ]
    wrong += [] if asked.only else [words for words in interrupted() if words]
    if asked.base is not None:
        side_by_side(asked.base)
    print(f"wrong: {', '.join(wrong)}" if wrong else "each way ended as it must")
    sys.exit(bool(wrong))


def tried(kind: ModuleType, way: Way) -> bool:
    """Let an archive misbehave; say whether it came to what it must."""
    with tempfile.TemporaryDirectory() as place, kind.serving(way) as server:
        folder = Path(place)
        configure(folder, server.settings)
        cost = run(folder, FIND if way.asked == "find" else FETCH)
        sent = server.sent / MB
    right = as_it_must(way, cost)
    name = kind.__name__.rpartition(".")[2]
    print(
        f"{name:8} {cost.exit_status:4} {cost.seconds:6.1f} {cost.memory_mb:5.0f} {sent:6.1f} "
        f"{cost.disk_mb:5.1f}  {way.name}: {cost.err.strip() or 'whole'}"
        f"{'' if right else '   <-- WRONG'}",
        flush=True,
    )
    return right


def as_it_must(way: Way, cost: Cost) -> bool:
    """Whether a way came to what it must."""
    cheap = (
        cost.seconds < 2 * DEADLINE_S + BEYOND_S
        and cost.memory_mb < LARGEST_MB + BEYOND_MB
        and cost.disk_mb < LARGEST_MB + BEYOND_MB
    )
    if not way.says and cost.exit_status == 0:
        return cheap and cost.kept == COUNT * (way.asked == "fetch")
    allowed = tuple(beginning(key) for key in (way.says, way.or_says) if key)
    one_sentence = cost.err.count("\n") == 1 and cost.err.startswith(allowed)
    secret = PATIENT in cost.err or "Nobody" in cost.err
    return cheap and cost.exit_status == 1 and cost.kept == 0 and one_sentence and not secret


def beginning(key: str) -> str:
    """Return what a sentence begins with, up to its first place beside the archive's name."""
    sentence = words_of("en")[key]
    return sentence.replace("{archive}", "ward").partition("{")[0]


def configure(folder: Path, settings: str, limits: str = LIMITS) -> None:
    """Write the file that names the archive."""
    (folder / "pacs.toml").write_text(f"[archives.ward]\n{settings}{limits}")


def start(folder: Path, asked: list[str]) -> subprocess.Popen[str]:
    """Begin a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, "pacs", *asked, "--config", "pacs.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "err").open("w"),
        text=True,
    )


def run(folder: Path, asked: list[str]) -> Cost:
    """Run a command to its end."""
    began = time.perf_counter()
    process = start(folder, asked)
    disk = memory = 0
    while process.poll() is None:
        disk = max(disk, sum(size(path) for path in folder.rglob("*")))
        memory = max(memory, most_memory(process.pid))
        time.sleep(0.02)
    kept = [path for path in folder.rglob("*") if path.name not in {"pacs.toml", "err", "ct"}]
    return Cost(
        exit_status=process.returncode,
        seconds=time.perf_counter() - began,
        memory_mb=memory / MB,
        disk_mb=disk / MB,
        kept=len(kept),
        err=(folder / "err").read_text(),
    )


def most_memory(pid: int) -> int:
    """Return the most bytes that a process has held so far; 0 once it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def size(path: Path) -> int:
    """Return a file's bytes; it may be gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def interrupted() -> list[str]:
    """Press Ctrl-C while an archive is silent; return what stayed."""
    return [
        stayed_after_ctrl_c(kind, way)
        for kind in (web, dimse)
        for way in kind.WAYS
        if way.name.startswith(("no answer after", "one byte a second of an image", "silence"))
    ]


def stayed_after_ctrl_c(kind: ModuleType, way: Way) -> str:
    """Interrupt a fetch; return what stayed, empty if nothing did."""
    with tempfile.TemporaryDirectory() as place, kind.serving(way) as server:
        folder = Path(place)
        configure(folder, server.settings, "timeout_s = 60\n")
        process = start(folder, FETCH)
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        began = time.perf_counter()
        process.wait(BEYOND_S)
        seconds = time.perf_counter() - began
        left = {path.name for path in folder.iterdir()} - {"pacs.toml", "err"}
        listening = getattr(server, "moves", False) and answers(server.listen)
        said = (folder / "err").read_text().strip()
    print(
        f"Ctrl-C   {process.returncode:4} {seconds:6.1f}  {way.name}: {said}, left: {left or '-'}"
    )
    wrong = seconds > 5 or left or listening or "Traceback" in said
    return f"Ctrl-C: {way.name}" if wrong else ""


def answers(port: int) -> bool:
    """Whether anybody listens."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
