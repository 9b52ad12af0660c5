"""The process in which TotalSegmentator runs: ``python child.py FOLDER``.

It needs numpy, nibabel and totalsegmentator, not liverplan. FOLDER holds hu.npy, affine.npy (NIfTI
convention: i, j, k to RAS mm) and request.json; liver.npy, lesion.npy and answer.json are written
to it. Stages go to stdout as "start stop words"; a refusal is one line on stderr, exit status 3.
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
    say(0.05, 0.6, "liver")
    tasks = ["total"]
    liver = run(image, request, task="total", fast=request["fast"], roi_subset=subset)
    lesion = liver < 0  # nowhere
    if has_lesion_weights(weights):
        say(0.6, 0.95, "lesions")
        lesion = run(image, request, task="liver_lesions") > 0
        tasks.append("liver_lesions")
    say(0.95, 1.0, "masks")
    keep(folder, liver == label_of("total", "liver"), lesion, tasks, request)


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


def has_lesion_weights(weights: Path) -> bool:
    """Whether weights of ``liver_lesions`` lie in the folder."""
    return any(weights.glob("Dataset*liver_lesions*"))


def keep(folder: Path, liver: Any, lesion: Any, tasks: list[str], request: dict[str, Any]) -> None:
    """Write masks and what made them."""
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
    np.save(folder / "liver.npy", liver)
    np.save(folder / "lesion.npy", lesion)
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
    sys.path.pop(0)  # this file's own folder
    main()
