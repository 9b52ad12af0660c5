"""Train the prompted network by the clock: the learning rate falls with the time that is left."""

from __future__ import annotations

import argparse
import math
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from liverplan_training.cases import HELD_OUT
from liverplan_training.facts import Facts
from liverplan_training.going_on import from_onnx, measure_normalisation
from liverplan_training.prompted.examples import examples
from liverplan_training.prompted.net import PromptedNet
from liverplan_training.prompted.scene import read_cases

RATE, LOWEST, WARM_STEPS = 3e-3, 0.02, 60
SAVE_SECONDS = 120.0
WEIGHTS, FACTS = "prompted.pt", "prompted.json"
MEASURED_ON = 24
"""Examples on which the normalisation of a network that goes on is measured."""


class Examples(IterableDataset[tuple[Tensor, Tensor]]):
    """Examples without end, another seed for each worker."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        torch.set_num_threads(1)
        worker = get_worker_info()
        cases = read_cases(self.folder, leave_out=frozenset(HELD_OUT))
        for made in examples(cases, self.seed + (worker.id if worker else 0)):
            yield torch.from_numpy(made.seen), torch.from_numpy(made.target.astype(np.float32))


def loss_of(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Dice of each example, averaged, plus cross entropy; and the Dice alone."""
    p = torch.sigmoid(logits)
    common = (p * target).sum((1, 2, 3))
    dice = (2 * common + 5) / (p.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 5)
    away = functional.binary_cross_entropy_with_logits(logits, target)
    return 1 - dice.mean() + away, dice.mean().detach()


def train(
    folder: Path,
    out: Path,
    seconds: float,
    *,
    batch: int = 4,
    seed: int = 1,
    start_from: Path | None = None,
    rate: float = RATE,
) -> Path:
    """Train on a folder of label maps, anew or on from weights; they are kept as they come."""
    torch.manual_seed(seed)
    net = _begun(folder, seed, start_from).train().to(memory_format=torch.channels_last_3d)
    kept = {name: value.clone() for name, value in net.state_dict().items()}
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-4)
    loader = iter(
        DataLoader(Examples(folder, seed), batch_size=batch, num_workers=1, prefetch_factor=6)
    )
    out.mkdir(parents=True, exist_ok=True)
    start, saved, step = time.monotonic(), -SAVE_SECONDS, 0
    seen: deque[float] = deque(maxlen=200)
    while (spent := (time.monotonic() - start) / seconds) < 1:
        share = LOWEST + (1 - LOWEST) * 0.5 * (1 + math.cos(math.pi * spent))
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / WARM_STEPS) * share
        seen.append(_step(net, optimiser, *next(loader)))
        step += 1
        _average(kept, net, min(0.997, step / (step + 20)))
        if time.monotonic() - saved > SAVE_SECONDS:
            saved = time.monotonic()
            _keep(kept, out, f"{step} steps, {saved - start:.0f} s, Dice {np.mean(seen):.3f}")
    _keep(kept, out, f"{step} steps, done, Dice {np.mean(seen):.3f}")
    recipe = {"batch": batch, "seed": seed, "rate": rate,
              "start_from": start_from.name if start_from else None}  # fmt: skip
    _facts(folder, recipe, step, seconds).write(out / FACTS)
    return out / WEIGHTS


def _begun(folder: Path, seed: int, start_from: Path | None) -> PromptedNet:
    """Return a network as it begins: new, or as far as weights or an ONNX file brought it."""
    if start_from is None:
        return PromptedNet()
    if start_from.suffix == ".onnx":
        drawn = islice(examples(read_cases(folder, frozenset(HELD_OUT)), seed + 1), MEASURED_ON)
        seen = torch.from_numpy(np.stack([made.seen for made in drawn]))
        net = from_onnx(start_from, PromptedNet(), seen)
        measure_normalisation(net, seen)
        return net
    net = PromptedNet()
    net.load_state_dict(torch.load(start_from, weights_only=True))
    return net


def _facts(folder: Path, recipe: dict[str, object], steps: int, seconds: float) -> Facts:
    return Facts(
        name="liverplan prompted lesion network",
        trained_on=tuple(case.name for case in read_cases(folder, frozenset(HELD_OUT))),
        recipe=recipe,
        steps=steps,
        seconds=round(seconds),
        device="processor",
        torch=torch.__version__,
        unbiased_level=0.5,
    )


def _step(net: PromptedNet, optimiser: torch.optim.Optimizer, x: Tensor, target: Tensor) -> float:
    """Learn from one batch; return its Dice."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(x.to(memory_format=torch.channels_last_3d))
    loss, dice = loss_of(logits.float(), target)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 3.0)
    optimiser.step()
    return float(dice)


def _keep(kept: dict[str, Tensor], out: Path, line: str) -> None:
    """Save the weights so far, and a line of the log."""
    torch.save(kept, out / WEIGHTS)
    with (out / "prompted.log").open("a", encoding="utf-8") as log:
        log.write(line + "\n")


def _average(kept: dict[str, Tensor], net: torch.nn.Module, keep: float) -> None:
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if value.dtype.is_floating_point:
                kept[name].lerp_(value, 1 - keep)
            else:
                kept[name].copy_(value)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start-from", type=Path)
    parser.add_argument("--rate", type=float, default=RATE)
    given = parser.parse_args()
    torch.set_num_threads(1)
    train(given.folder, given.out, given.seconds, seed=given.seed, start_from=given.start_from,
          rate=given.rate)  # fmt: skip
