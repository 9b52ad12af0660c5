"""The loop: AdamW under a cosine, and an average of the weights, which is what is kept."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from liverplan_training.cases import Case
from liverplan_training.going_on import from_onnx
from liverplan_training.network import UNet, channels, liver_unet
from liverplan_training.rendering import Chance
from liverplan_training.training.feed import feed
from liverplan_training.training.losses import Loss, at_half, loss_of
from liverplan_training.training.patches import Patch, Patches
from liverplan_training.training.recipe import Budget, Recipe

HALF_WEIGHT = 0.3
"""What the answer at half resolution counts."""
STEEPEST = 3.0
"""Longer gradients are cut to this norm."""
SLOWEST_AVERAGE = 0.998
NORMALISED_ON = 24
"""Batches over which the averaged network's normalisation is measured, at most."""
TOLD_EVERY_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """What a training made: the averaged network, its log, and how long it took."""

    net: UNet
    log: tuple[str, ...]
    steps: int
    seconds: float


class Average:
    """A running average of a network's weights: slow at the end, quick at the start."""

    def __init__(self, net: nn.Module) -> None:
        self._values = {name: value.detach().clone() for name, value in net.state_dict().items()}

    @torch.no_grad()
    def take(self, net: nn.Module, step: int) -> None:
        """Move towards the weights after a step, counted from 1."""
        share = 1 - min(SLOWEST_AVERAGE, step / (step + 20))
        for name, value in net.state_dict().items():
            if value.dtype.is_floating_point:
                self._values[name].lerp_(value, share)
            else:
                self._values[name].copy_(value)

    def put_into(self, net: nn.Module) -> None:
        """Load the average into a network."""
        net.load_state_dict(self._values)


def train(
    cases: Sequence[Case],
    recipe: Recipe,
    budget: Budget,
    *,
    device: str = "cpu",
    start_from: Path | None = None,
    told: Callable[[str], None] = print,
) -> Trained:
    """Train a network for organs and lesions.

    On the processor a recipe and a number of steps fix the weights. On a GPU the patches are as
    fixed, sums may differ in their last bits.

    Parameters
    ----------
    cases
        What to learn from: none that is held out.
    start_from
        An exported network that goes on learning; a new one otherwise. Its convolutions hold its
        normalisation: a batch of one patch could measure none.
    told
        Hears a line of the log at times.
    """
    place = torch.device(device)
    torch.manual_seed(recipe.seed)
    if place.type == "cuda":
        torch.backends.cudnn.benchmark = True
    net = _channels_last(_begun(recipe, start_from).to(place))
    patches = Patches(cases, Chance(recipe.seed, place), recipe.patch)
    learner = _Learner(net, recipe, place)
    start, said, log, step = time.perf_counter(), -math.inf, [], 0
    since: list[Loss] = []
    with feed(patches, recipe.batch, place) as batches:
        while (done := budget.done_fraction(step, time.perf_counter() - start)) < 1:
            since.append(learner.step(next(batches), recipe.rate_at(step, done), step + 1))
            step, now = step + 1, time.perf_counter() - start
            if now - said > TOLD_EVERY_S:
                said = now
                log.append(_line(step, now, since))
                since.clear()
                told(log[-1])
        net = learner.averaged(batches, min(step, NORMALISED_ON))
    return Trained(net=net, log=tuple(log), steps=step, seconds=time.perf_counter() - start)


def _begun(recipe: Recipe, start_from: Path | None) -> UNet:
    """Return a network as it begins: new, or as an export holds it."""
    if start_from is None:
        return liver_unet(recipe.widths)
    net = liver_unet(recipe.widths, exported=True)
    side = 2 ** (len(recipe.widths) - 1)
    return from_onnx(start_from, net, channels(torch.zeros(1, 1, side, side, side)))


def _channels_last(net: UNet) -> UNet:
    """Lay kernels out as convolutions read them fastest."""
    for kernel in net.parameters():
        if kernel.dim() == 5:
            kernel.data = kernel.data.contiguous(memory_format=torch.channels_last_3d)
    return net


class _Learner:
    """A network with its optimiser and its average."""

    def __init__(self, net: UNet, recipe: Recipe, place: torch.device) -> None:
        self._net, self._recipe = net, recipe
        halves = recipe.bfloat16 or place.type == "cuda"
        self._quickly = torch.autocast(place.type, torch.bfloat16, enabled=halves)
        self._average = Average(net)
        self._optimiser = torch.optim.AdamW(
            net.parameters(), lr=recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.99)
        )

    def step(self, patch: Patch, rate: float, number: int) -> Loss:
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._net.train()
        seen = channels(patch.hu[:, None]).to(memory_format=torch.channels_last_3d)
        with self._quickly:
            logits, coarse = self._net.both(seen)
        weight = self._recipe.liver_weight
        loss = loss_of(logits, patch, liver_weight=weight)
        total = loss.total
        if coarse is not None:
            total = total + HALF_WEIGHT * loss_of(coarse, at_half(patch), liver_weight=weight).total
        self._descend(total)
        self._average.take(self._net, number)
        return loss

    def _descend(self, total: Tensor) -> None:
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(total)
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), STEEPEST)
        self._optimiser.step()

    @torch.no_grad()
    def averaged(self, batches: Iterator[Patch], count: int) -> UNet:
        """Return the average, its normalisation measured anew, since it saw no batch itself."""
        net = deepcopy(self._net).train()
        self._average.put_into(net)
        norms = [layer for layer in net.modules() if isinstance(layer, nn.BatchNorm3d)]
        for layer in norms:
            layer.reset_running_stats()
            layer.momentum = None  # a plain mean over all batches
        for patch in islice(batches, count if norms else 0):
            with self._quickly:
                net(channels(patch.hu[:, None]))
        return net.eval().to("cpu")


def _line(step: int, seconds: float, losses: Sequence[Loss]) -> str:
    """Tell the losses since the last line, averaged."""
    entropy, dice, lesion = (
        statistics.fmean(float(each) for each in part)
        for part in zip(*((x.cross_entropy, x.dice, x.lesion) for x in losses), strict=True)
    )
    return (
        f"step {step}, {seconds:.0f} s: cross entropy {entropy:.3f}, Dice lost {dice:.3f}, "
        f"lesions' {lesion:.3f}"
    )
