"""Every command and example of the documents, run as a reader would: ``python -m tests.documents``.

The tracked files are copied to a scratch folder; there the blocks of each document run in their
order: shell blocks (fenced as ``sh`` or ``console``, or indented) by bash, Python blocks by the
environment that the commands themselves have made. What is not run is named with its reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from liverplan.dicom.write_ct import write_ct_series
from liverplan.phantom import SAMPLE_SPACING_MM, make_phantom
from liverplan.segmentation import Segmentation, write_mask_file

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "plugins/liverplan-template/README.md",
    "docs/install.md",
    "docs/howto/first_verdict.md",
    "docs/howto/own_ct.md",
    "docs/howto/own_masks.md",
    "docs/howto/cuts.md",
    "docs/howto/own_protocol.md",
    "docs/howto/own_plugin.md",
    "docs/howto/cohort.md",
    "docs/howto/export.md",
    "docs/concepts/signatures.md",
    "docs/guides/engineer.md",
    "docs/log.md",
    "docs/settings.md",
)
"""In the order of a reader, who finds what the pages before have made."""

SKIPPED = {
    r"^scripts/test\b": "it is what runs the rest of these checks",
    r"pytest .*\btests$|^mypy$": "scripts/test has run this very command",
    r"^(xvfb-run .*)?liverplan (--\S+ (\S+\.log )?)*app\b": (
        "it needs a screen; tests/app drives it on one of its own"
    ),
    r"^(\.venv/bin/)?liverplan demo$": "scripts/demo has run it; tests.wheel does as installed",
    r"-m tests\.(benchmarks|mutation|house\.drills)\b": (
        "a measurement of minutes; its code is run small by the tests"
    ),
    r"--(install|show)-completion": "it asks for a person's shell; a test has some",
    r"\bfrom napari\b": "it needs the application; tests/app has its layers",
    r"(pip|pipx|uv tool) install .*\[app(?!,test\])": "scripts/test has installed the application",
    r"-m (scripts|tests)\.bundle\b": "it takes minutes; tests.bundle runs beside these",
    r"^git clone\b": "this is the clone",
    r"\btcp://|--scheduler\b": "it needs a scheduler; tests/cohort starts one",
    r"\bcohort endpoints\b": "it needs a trial's tables; the notebooks make some and run it",
    r"\bpacs\b": "it needs an archive; the plugin's tests start one",
    r"--backend (onnx|totalsegmentator|nninteractive|dicomseg)": (
        "it needs a network's weights or a server; the plugin's tests make them"
    ),
}
"""What is not run, and why; matched against one command."""

BLOCK = re.compile(
    r"^```(?P<kind>\w*)[^\n]*\n(?P<fenced>.*?)^```\s*?$"
    r"|(?<=\n\n)(?P<indented>(?:^ {4}[^\n]*\S[^\n]*\n|^\n(?= {4}))+)",
    re.MULTILINE | re.DOTALL,
)
SHELL = ("sh", "console", "bash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Commands or Python lines, as a reader would type them."""

    kind: str
    lines: tuple[str, ...]

    @property
    def run_alone(self) -> tuple[str, ...]:
        """Its commands, each by itself; Python is run as a whole."""
        return self.lines if self.kind == "sh" else ("\n".join(self.lines),)


def blocks_of(text: str) -> Iterator[Block]:
    """Yield what can be run, in the document's order."""
    for match in BLOCK.finditer(text):
        if match["indented"]:
            yield Block(kind="sh", lines=_commands(match["indented"]))
        elif match["kind"] in SHELL:
            yield Block(kind="sh", lines=_commands(match["fenced"]))
        elif match["kind"] == "python":
            yield Block(kind="python", lines=tuple(match["fenced"].splitlines()))


def _commands(text: str) -> tuple[str, ...]:
    """Take a block's commands: prompts, remarks and what is for Windows left out, lines joined."""
    joined = re.sub(r"\\\n\s*", "", text)
    lines = (re.sub(r"\s+\(.*\)\s*$|\s+#.*$", "", line) for line in joined.splitlines())
    return tuple(line.strip().removeprefix("$ ") for line in lines if line.strip(" \t#"))


def why_skipped(command: str) -> str:
    """Return the reason why a command is not run; empty if it is."""
    return next((why for pattern, why in SKIPPED.items() if re.search(pattern, command)), "")


def main() -> None:
    """Run every document; stop at the first thing that fails."""
    with tempfile.TemporaryDirectory(prefix="liverplan-documents-") as place:
        scratch = Path(place) / "liverplan"
        copy_tracked(scratch)
        stand_ins, done = write_own_case(scratch), set()
        for name in DOCUMENTS:
            print(f"== {name}", flush=True)
            for block in blocks_of((ROOT / name).read_text("utf-8")):
                run(block, scratch, stand_ins, done)


def copy_tracked(scratch: Path) -> None:
    """Copy what is under version control."""
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]  # whoever owns the checkout
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            target = scratch / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)


def write_own_case(folder: Path) -> dict[str, str]:
    """Write what a reader would have; return what a reader types for the documents' stand-ins."""
    made = make_phantom(spacing_mm=SAMPLE_SPACING_MM)
    truth = made.truth.to_json()
    write_ct_series(made.volume, folder / "ct")
    (folder / "ct" / "truth.json").write_text(json.dumps(truth), "utf-8")
    grid, labels = made.segmentation.grid, made.segmentation.labels
    for name, values in (("liver", labels > 0), ("lesions", labels.clip(1) - 1)):
        mask = Segmentation(grid=grid, labels=values.astype(np.uint8))
        write_mask_file(folder / f"{name}.nii.gz", mask)
    image = sitk.GetImageFromArray(made.volume.hu)
    image.SetSpacing(made.volume.grid.spacing_mm[::-1])
    image.SetOrigin(made.volume.grid.to_mm((0, 0, 0)).tolist())
    sitk.WriteImage(image, folder / "ct.nii.gz")
    (folder / "patient.toml").write_text('schema = "liverplan.patient/1"\n', "utf-8")
    cut = ",".join(map(str, (*truth["plane"]["point_mm"], *truth["plane"]["normal"])))
    row = f'p001,ct,liver.nii.gz,lesions.nii.gz,"{cut}"'
    (folder / "manifest.csv").write_text(f"id,path,liver,lesions,plane\n{row}\n", "utf-8")
    return {
        r"/path/to/dicom": "ct",
        r"(?<=--plane )\S+": cut,
        r"(?<=--lesion )\S+": ",".join(str(x) for x in truth["lesions"][0]["centroid_mm"]),
    }


def run(block: Block, scratch: Path, stand_ins: dict[str, str], done: set[str]) -> None:
    """Run one block, but for what an earlier one has run, or say why not."""
    environment = dict(os.environ, MPLBACKEND="agg")
    environment.pop("PYTHONPATH", None)  # what is imported is what the commands have installed
    environment["PATH"] = f"{scratch / '.venv' / 'bin'}{os.pathsep}{environment['PATH']}"
    if block.kind == "python":
        (code,) = block.run_alone
        if why := why_skipped(code):
            print(f"   skipped: Python, {why}", flush=True)
            return
        if code in done:
            return
        done.add(code)
        _call([scratch / ".venv" / "bin" / "python", "-c", code], scratch, environment, code)
        return
    chosen = []
    for command in block.lines:
        if why := why_skipped(command):
            print(f"   skipped: {command}\n            {why}", flush=True)
            continue
        typed = _as_typed(command, stand_ins)
        if once(typed) not in done:
            chosen.append(typed)
        done.add(once(typed))
    if chosen:
        script = "\n".join(chosen)
        _call(["bash", "-euc", script], scratch, environment, script)


def once(command: str) -> str:
    """Return by what a command is known that need not be run twice: wherever it is found."""
    return command.removeprefix(".venv/bin/")


def _as_typed(command: str, stand_ins: dict[str, str]) -> str:
    for pattern, own in stand_ins.items():
        command = re.sub(pattern, own, command)
    return command


def _call(command: list[object], folder: Path, environment: dict[str, str], shown: str) -> None:
    print("   " + shown.replace("\n", "\n   "), flush=True)
    start = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nFailed with status {done.returncode}:\n{shown}")
    print(f"   ({time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
