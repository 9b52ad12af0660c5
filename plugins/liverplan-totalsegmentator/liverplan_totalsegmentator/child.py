"""The process in which TotalSegmentator runs: ``python child.py FOLDER``.

It needs numpy, nibabel and totalsegmentator, not liverplan. FOLDER holds hu.npy, affine.npy (NIfTI
convention: i, j, k to RAS mm) and request.json; a label map a task (liver.npy, lesion.npy,
segments.npy, vessels.npy) and answer.json are written to it. Stages go to stdout as
"start stop words"; a refusal is one line on stderr, exit status 3.
"""

# ruff: noqa: ANN401, PLC0415, T201 - imports wait until the way to the network is closed, and what
# TotalSegmentator returns has no types here; stdout is how this process speaks.

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

REFUSED = 3
FURTHER = {
    "liver_lesions": ("lesion", "Dataset*liver_lesions*", "lesions"),
    "liver_segments": ("segments", "Dataset570_*", "Couinaud segments"),
    "liver_vessels": ("vessels", "Dataset008_*", "vessels"),
}
"""Tasks done where their weights are: what their map is called, their weights, words."""
CLASSES = {
    "liver_segments": tuple(f"liver_segment_{n}" for n in range(1, 9)),
    "liver_vessels": ("liver_vessels",),
}
"""Classes that become the values 1, 2, 3, ...; of other tasks every class becomes 1."""


class RefusalError(Exception):
    """One sentence for the user."""


def go_offline(home: Path) -> None:
    """Make every way to the network fail, and switch usage statistics off, before any import."""
    config = {
        "totalseg_id": "liverplan",
        "send_usage_stats": False,
        "statistics_disclaimer_shown": True,
        "prediction_counter": 0,
    }
    home.mkdir()
    (home / "config.json").write_text(json.dumps(config), "utf-8")
    os.environ["TOTALSEG_HOME_DIR"] = str(home)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ[name] = "http://127.0.0.1:9"  # for processes that this one starts
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ""
    inner = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            raise RefusalError("It reached for the network")
        inner(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]


def work(folder: Path) -> None:
    """Run the tasks and write their masks."""
    request = json.loads((folder / "request.json").read_text("utf-8"))
    weights = link_weights(Path(request["weights"]), folder / "weights")
    os.environ["TOTALSEG_WEIGHTS_PATH"] = str(weights)
    go_offline(folder / "home")
    image = load(folder)
    subset = None if request["fast"] else ["liver"]
    further = [task for task in FURTHER if wanted(task, request, weights)]
    step = 0.9 / (1 + len(further))
    say(0.05, 0.05 + step, "liver")
    liver = run(image, request, task="total", fast=request["fast"], roi_subset=subset)
    masks = {"liver": liver == label_of("total", "liver")}
    for number, task in enumerate(further, 1):
        name, _, words = FURTHER[task]
        say(0.05 + number * step, 0.05 + (number + 1) * step, words)
        masks[name] = in_our_values(task, run(image, request, task=task))
    say(0.95, 1.0, "masks")
    keep(folder, masks, ["total", *further], request)


def link_weights(weights: Path, private: Path) -> Path:
    """Link the weights into a folder of our own: TotalSegmentator tidies the one that it uses."""
    private.mkdir()
    for dataset in weights.glob("Dataset*"):
        (private / dataset.name).symlink_to(dataset, target_is_directory=True)
    return private


def load(folder: Path) -> Any:
    """Return the CT as a NIfTI image."""
    import nibabel
    import numpy as np

    hu, affine = np.load(folder / "hu.npy"), np.load(folder / "affine.npy")
    return nibabel.Nifti1Image(hu, affine)


def run(image: Any, request: dict[str, Any], **options: Any) -> Any:
    """Run one task; return its labels on the very grid that went in.

    Raises
    ------
    RefusalError
        If it reaches for the network, stops, or answers on another grid.
    """
    import numpy as np
    from totalsegmentator.python_api import totalsegmentator

    task = options["task"]
    try:
        found = totalsegmentator(
            image, None, ml=True, quiet=True, device=request["device"], **options
        )
    except RefusalError as refusal:
        raise RefusalError(
            f"{refusal} at the task {task}: most often its weights are not in {request['weights']}"
        ) from refusal
    except SystemExit as stop:
        raise RefusalError(f"It stopped at the task {task} (status {stop.code})") from stop
    labels = np.asarray(found.dataobj)
    if labels.shape != image.shape or not np.allclose(found.affine, image.affine, atol=1e-3):
        raise RefusalError(f"It answered the task {task} on another grid than the CT's")
    return labels


def label_of(task: str, name: str) -> int:
    """Return the value of a class in this version; -1 for a class that there is not."""
    from totalsegmentator.map_to_binary import class_map

    values = {word: value for value, word in class_map[task].items()}
    return int(values.get(name, -1))


def wanted(task: str, request: dict[str, Any], weights: Path) -> bool:
    """Whether a task's weights lie in the folder, and maps are wanted if it makes one."""
    return any(weights.glob(FURTHER[task][1])) and (request["maps"] or task not in CLASSES)


def in_our_values(task: str, labels: Any) -> Any:
    """Give a task's classes the values that the parent expects."""
    import numpy as np

    if task not in CLASSES:
        return labels > 0
    ours = np.zeros(labels.shape, np.uint8)
    for value, name in enumerate(CLASSES[task], 1):
        ours[labels == label_of(task, name)] = value
    return ours


def keep(folder: Path, masks: dict[str, Any], tasks: list[str], request: dict[str, Any]) -> None:
    """Write label maps and what made them."""
    import importlib.metadata

    import numpy as np

    try:
        version = importlib.metadata.version("TotalSegmentator")
    except importlib.metadata.PackageNotFoundError:
        version = "unknown"
    answer = {
        "version": version,
        "tasks": tasks,
        "device": request["device"],
        "weights_sha256": weights_hash(Path(request["weights"])),
    }
    for name, labels in masks.items():
        np.save(folder / f"{name}.npy", labels)
    (folder / "answer.json").write_text(json.dumps(answer), "utf-8")


def weights_hash(weights: Path) -> str:
    """Return one hash over every checkpoint's name and content."""
    whole = hashlib.sha256()
    for path in sorted(weights.rglob("*.pth")):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(weights)} {content}\n".encode())
    return whole.hexdigest()


def say(start: float, stop: float, words: str) -> None:
    """Tell the parent which stage begins, and the share of the whole that it is."""
    print(f"\nSTAGE {start} {stop} {words}", flush=True)


def main() -> NoReturn:
    """Work; a refusal is one line."""
    try:
        work(Path(sys.argv[1]))
    except RefusalError as refusal:
        print(f"{refusal}.", file=sys.stderr)
        sys.exit(REFUSED)
    sys.exit(0)


if __name__ == "__main__":
    main()
