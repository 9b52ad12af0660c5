"""Let every system call of every kind of save fail once: is what is said what is so?

``python -m tests.benchmarks.faults [WORK ...]`` compiles the library that lets calls fail and runs
`tests.case.faults` with it preloaded, each work in a process of its own. Linux only.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "case" / "faults.c"
WORKS = (
    *("change", "signature", "vote", "acceptance", "export's entry", "creation", "looking"),
    *("register", "record", "tables", "overview"),
)


def compiled(folder: Path) -> Path:
    """The library."""
    library = folder / "faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def run(library: Path, folder: Path, *works: str) -> subprocess.CompletedProcess[str]:
    """Let all calls of some works fail."""
    return subprocess.run(
        [sys.executable, "-m", "tests.case.faults", library, folder, *works],
        cwd=SOURCE.parents[2],
        env=os.environ | {"LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
        check=False,
    )


def main() -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        library = compiled(Path(name))
        for number, work in enumerate(sys.argv[1:] or WORKS):
            (Path(name) / str(number)).mkdir()
            ran = run(library, Path(name) / str(number), work)
            wrong += ran.returncode != 0
            print(ran.stdout.strip() or f"{work}: FAILED {ran.stderr[-500:]}", flush=True)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
