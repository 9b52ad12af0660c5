"""The whole recipe, unattended: train, export, measure, and write the card."""

from __future__ import annotations

import argparse
import math
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from pathlib import Path

import torch

from liverplan_training.card import write_card
from liverplan_training.cases import HELD_OUT, Case, read_cases
from liverplan_training.evaluation.conditions import conditions
from liverplan_training.evaluation.measure import measure
from liverplan_training.evaluation.predictors import of_net
from liverplan_training.export import export_liver, sha256
from liverplan_training.facts import Facts, Measured
from liverplan_training.training.loop import Trained, train
from liverplan_training.training.recipe import Budget, Recipe
from liverplan_training.weights import save_weights

Run = Callable[[argparse.Namespace], None]
Told = Callable[[str], None]

TRAINING_SHARE = 0.75
"""Of the minutes of the whole recipe; the rest reads, exports, measures and writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to train from, where to write, on what, how long.

    Parameters
    ----------
    start_from
        An exported network that goes on, and its facts: who taught it has taught what comes of it.
    """

    data: Path
    out: Path
    device: str
    recipe: Recipe
    budget: Budget
    start_from: tuple[Path, Facts] | None = None


def train_only(plan: Plan, *, told: Told) -> tuple[Trained, Facts]:
    """Train; write ``weights.npz``, ``train.log`` and ``facts.json``.

    Returns
    -------
    trained, facts
        The facts are what the card says of the training.
    """
    cases = read_cases(plan.data, without=HELD_OUT)
    start = None if plan.start_from is None else plan.start_from[0]
    trained = train(
        cases, plan.recipe, plan.budget, device=plan.device, start_from=start, told=told
    )
    facts = facts_of(plan, trained, cases)
    plan.out.mkdir(parents=True, exist_ok=True)
    save_weights(plan.out / "weights.npz", trained.net)
    (plan.out / "train.log").write_text("\n".join(trained.log) + "\n", "utf-8")
    facts.write(plan.out / "facts.json")
    return trained, facts


def everything(plan: Plan, *, told: Told) -> None:
    """Train, export to ``liver.onnx``, measure into ``measured.json``, write ``card.md``.

    A budget of minutes is for all of it: what is not measured by then is left out of the card.
    """
    minutes, start = plan.budget.minutes, time.perf_counter()
    until = math.inf if minutes is None else start + 60 * minutes
    if minutes is not None:
        plan = replace(plan, budget=Budget(minutes=TRAINING_SHARE * minutes))
    trained, facts = train_only(plan, told=told)
    onnx = export_liver(trained.net, plan.out / "liver.onnx")
    kept_out = read_cases(plan.data, only=HELD_OUT)
    level = plan.recipe.unbiased_level
    predict = of_net(trained.net, plan.device)
    rows = measure(kept_out, conditions(), predict, level=level, device=plan.device, told=told)
    in_time = tuple(takewhile(lambda _: time.perf_counter() < until, rows))
    measured = Measured(level=level, rows=in_time)
    measured.write(plan.out / "measured.json")
    write_card(onnx, plan.out / "card.md", facts=facts, measured=measured)


def facts_of(plan: Plan, trained: Trained, cases: list[Case]) -> Facts:
    """Return what a card says of a training."""
    taught, remarks = {case.name for case in cases}, ()
    if plan.start_from is not None:
        path, before = plan.start_from
        taught |= set(before.trained_on)
        went_on = f"It goes on from {path.name} ({sha256(path)[:12]}), {before.name}."
        remarks = (went_on, *(f"Of {path.name}: {remark}" for remark in before.remarks))
    return Facts(
        name="liverplan liver network",
        trained_on=tuple(sorted(taught)),
        recipe=asdict(plan.recipe),
        steps=trained.steps,
        seconds=round(trained.seconds),
        device=torch.cuda.get_device_name() if plan.device == "cuda" else platform.machine(),
        torch=torch.__version__,
        unbiased_level=plan.recipe.unbiased_level,
        remarks=remarks,
    )
