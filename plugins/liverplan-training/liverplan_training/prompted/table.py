"""How well the prompted network outlines rendered lesions: by prompt, size and contrast."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from liverplan_training.prompted.examples import Example, examples
from liverplan_training.prompted.net import PromptedNet
from liverplan_training.prompted.scene import read_cases

SIZES_MM, CONTRASTS_HU = (10.0, 20.0, 40.0), (15.0, 30.0)


def table(weights: Path, folder: Path, count: int = 300, seed: int = 1000) -> list[str]:
    """Return lines: mean Dice of each group of lesions, and how many there were."""
    net = PromptedNet()
    net.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    net.eval()
    groups: dict[str, list[float]] = {}
    for made in islice(examples(read_cases(folder), seed), count):
        score = dice(net, made)
        for group in _groups(made):
            groups.setdefault(group, []).append(score)
    return [f"{name}: {np.mean(s):.3f} ({len(s)})" for name, s in sorted(groups.items())]


def dice(net: PromptedNet, made: Example) -> float:
    """Overlap (0-1) of a network's answer, looked at once, with the truth."""
    with torch.no_grad():
        found = net(torch.from_numpy(made.seen)[None])[0].numpy() > 0
    total = int(found.sum()) + int(made.target.sum())
    return 2 * int((found & made.target).sum()) / max(total, 1)


def _groups(made: Example) -> Iterator[str]:
    yield "all"
    yield f"prompt {made.kind}"
    yield f"size {_bin(made.size_mm, SIZES_MM)} mm"
    yield f"contrast {_bin(abs(made.contrast_hu), CONTRASTS_HU)} HU"


def _bin(value: float, edges: tuple[float, ...]) -> str:
    at = int(np.searchsorted(edges, value))
    low = "0" if at == 0 else f"{edges[at - 1]:g}"
    return f"{low}-{edges[at]:g}" if at < len(edges) else f"over {edges[-1]:g}"
