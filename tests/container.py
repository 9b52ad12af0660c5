"""The container's recipe tried without docker: ``python -m tests.container ROOT``, as root.

ROOT is the bare Debian that the recipe starts from (debootstrap makes one); it is changed. The
recipe's lines are carried out in it, one after the other. Then, as the recipe's user, with no
network, a root that cannot be written and an empty cache: the sample is written, assessed and run
as a cohort, twice, so that the second finds the first one's cache. Printed: what each took.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from tests.wheel import ROOT, run

RECIPE = ROOT / "container" / "Containerfile"
CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))
TRIED = (
    "sample sample",
    f"assess sample --out case --plane={CUT}",
    "verify case",
    "report case --out report.html",
    "cohort run manifest.csv --out cohort --workers 1",
    "cohort run manifest.csv --out again --workers 1",
)


@dataclass(slots=True, kw_only=True)
class Container:
    """What a recipe has made so far: the root and what runs in it."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/sbin:/usr/bin:/bin"})
    user: str = "0:0"
    folder: str = "/"
    entry: tuple[str, ...] = ()

    def step(self, word: str, rest: str, context: Path) -> None:
        """Carry out one line of the recipe."""
        match word:
            case "RUN":
                self.enter([*self._certified(), "sh", "-c", rest])
            case "COPY":
                *sources, target = rest.split()
                place = self.root / target.lstrip("/")
                place.mkdir(parents=True, exist_ok=True)
                for name in (found for source in sources for found in context.glob(source)):
                    shutil.copy2(name, place)
            case "ENV":
                self.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            case "USER":
                self.user = rest
            case "WORKDIR":
                self.folder = rest
            case "ENTRYPOINT":
                self.entry = tuple(json.loads(rest))

    def enter(self, words: list[str], *, closed: bool = False) -> str:
        """Run in the root as the recipe's user; ``closed`` takes the network and writing away."""
        inside = f'cd {self.folder} && exec "$@"'
        cleared = ["env", "-i", *(f"{name}={value}" for name, value in self.environment.items())]
        chroot = ["chroot", f"--userspec={self.user}", str(self.root), *cleared]
        command = [*chroot, "sh", "-c", inside, "sh", *words]
        return run("unshare", "--mount", *(["--net"] if closed else []), "sh", "-c", *self._mounts(
            command, closed=closed
        ))  # fmt: skip

    def _certified(self) -> list[str]:
        """Let pip trust in there whom it trusts here, where a variable names that."""
        if not (trusted := os.environ.get("PIP_CERT")):
            return []
        shutil.copy2(trusted, self.root / "run" / "trusted.crt")
        return ["env", "PIP_CERT=/run/trusted.crt"]

    def _mounts(self, command: list[str], *, closed: bool) -> list[str]:
        root = shlex.quote(str(self.root))
        lines = [f"mount --rbind {root} {root}", f"mount -t proc proc {root}/proc"]
        lines += [f"mount --rbind /dev {root}/dev"]
        if closed:
            lines += ["ip link set lo up"]  # as docker and podman leave it with no network
            lines += [f"mount --bind {root}/{name} {root}/{name}" for name in ("cache", "work")]
            lines += [f"mount -o remount,ro,bind {root}", f"mount -t tmpfs tmpfs {root}/tmp"]  # noqa: S108 - the root's own
        return [" && ".join([*lines, 'exec "$@"']), "sh", *command]


def steps(text: str) -> list[tuple[str, str]]:
    """Return a recipe's lines: the word, and what follows, joined where a line goes on."""
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = [line.strip() for line in kept.replace("\\\n", " ").splitlines() if line.strip()]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


def main() -> None:
    """Build by the recipe, then use what it made."""
    container = Container(root=Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="liverplan-container-") as place:
        run(ROOT / "scripts" / "wheels", place)
        for word, rest in steps(RECIPE.read_text("utf-8")):
            timed(f"{word} {rest}"[:72], lambda w=word, r=rest: container.step(w, r, Path(place)))
    (container.root / "work" / "manifest.csv").write_text("id,path\np001,sample\n", "utf-8")
    assert container.user not in ("0:0", "root")
    for refused in ("touch /opt/written", "touch /etc/written"):
        said = container.enter(["sh", "-c", f"{refused} 2>&1 || echo refused"], closed=True)
        assert "refused" in said, said
    for line in TRIED:
        words = [*container.entry, *shlex.split(line)]
        timed(line[:72], lambda words=words: container.enter(words, closed=True))


def timed(name: str, work: object) -> None:
    """Do something and say how long it took."""
    start = time.perf_counter()
    assert callable(work)
    work()
    print(f"{time.perf_counter() - start:6.1f} s  {name}", flush=True)


if __name__ == "__main__":
    main()
