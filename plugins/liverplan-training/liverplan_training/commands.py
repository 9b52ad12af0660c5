"""The commands: ``python -m liverplan_training COMMAND``; each says what it does by ``--help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from liverplan.errors import InputError, LiverplanError
from liverplan_training import full
from liverplan_training.card import write_card
from liverplan_training.cases import HELD_OUT, read_cases, write_case
from liverplan_training.evaluation.conditions import conditions
from liverplan_training.evaluation.measure import Row, measure
from liverplan_training.evaluation.predictors import Predict, of_net, of_onnx
from liverplan_training.export import export_liver
from liverplan_training.facts import Facts, Measured
from liverplan_training.maps import write_maps
from liverplan_training.phantoms import write_phantoms
from liverplan_training.pseudo import relabelled
from liverplan_training.training.recipe import FULL, GOING_ON, SMALL, Budget
from liverplan_training.weights import load_weights


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a refusal is one sentence."""
    asked = _parser().parse_args(arguments)
    try:
        asked.run(asked)
    except LiverplanError as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - the command's own words
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m liverplan_training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _train(
        commands.add_parser("train", help="train a network; write weights, log, recipe"), _run_train
    )
    _train(commands.add_parser("full", help="train, export, measure, write the card"), _run_full)
    measuring = commands.add_parser("measure", help="measure weights on maps held out")
    _add(measuring, "weights", "data", "out", "device")
    _add_level(measuring)
    measuring.add_argument("--cases", nargs="*", default=list(HELD_OUT), help="maps to render")
    measuring.set_defaults(run=_run_measure)
    exporting = commands.add_parser("export", help="weights to ONNX, float16 inside")
    _add(exporting, "weights", "out")
    exporting.set_defaults(run=lambda a: export_liver(load_weights(a.weights), a.out))
    card = commands.add_parser("card", help="write the model card of an ONNX file")
    _add(card, "weights", "out")
    card.add_argument("--facts", type=Path, required=True, help="how it was trained (JSON)")
    card.add_argument("--measured", type=Path, help="what `measure` wrote (JSON)")
    card.set_defaults(run=_run_card)
    anew = commands.add_parser("relabel", help="label real CTs anew by this network")
    _add(anew, "weights", "data", "out", "device")
    _add_level(anew)
    anew.set_defaults(run=_run_relabel)
    maps = commands.add_parser("maps", help="label maps (NIfTI) to cases")
    _add(maps, "data", "out")
    maps.set_defaults(run=lambda a: write_maps(a.data, a.out, told=_say))
    phantoms = commands.add_parser("phantoms", help="write cases to try the commands on")
    _add(phantoms, "out")
    phantoms.set_defaults(run=lambda a: write_phantoms(a.out))
    return parser


OPTIONS = {
    "weights": "weights that were trained (.npz) or exported (.onnx)",
    "data": "folder that is read",
    "out": "file or folder that is written",
}


def _add(parser: argparse.ArgumentParser, *names: str) -> None:
    for name in names:
        if name == "device":
            parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
        else:
            parser.add_argument(f"--{name}", type=Path, required=True, help=OPTIONS[name])


def _add_level(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--level", type=float, default=FULL.unbiased_level, help="probability of liver's surface"
    )


def _train(parser: argparse.ArgumentParser, run: full.Run) -> None:
    _add(parser, "data", "out", "device")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--steps", type=int, help="how many; the same weights each time on a CPU")
    length.add_argument("--minutes", type=float, help="how long, of this machine")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--small", action="store_true", help="a small network, for two cores")
    how.add_argument("--start-from", type=Path, help="an .onnx to go on from, on one core")
    parser.add_argument("--start-facts", type=Path, help="how that one was trained (JSON)")
    parser.add_argument("--seed", type=int, default=FULL.seed)
    parser.set_defaults(run=run)


def _plan(asked: argparse.Namespace) -> full.Plan:
    start, recipe = None, SMALL if asked.small else FULL
    if asked.start_from is not None:
        if asked.start_facts is None:
            raise InputError("To go on from a network, say by --start-facts how it was trained.")
        start, recipe = (asked.start_from, Facts.read(asked.start_facts)), GOING_ON
    return full.Plan(
        data=asked.data,
        out=asked.out,
        device=asked.device,
        recipe=replace(recipe, seed=asked.seed),
        budget=Budget(steps=asked.steps, minutes=asked.minutes),
        start_from=start,
    )


def _run_train(asked: argparse.Namespace) -> None:
    full.train_only(_plan(asked), told=_say)


def _run_full(asked: argparse.Namespace) -> None:
    full.everything(_plan(asked), told=_say)


def _predictor(weights: Path, device: str) -> Predict:
    return of_onnx(weights) if weights.suffix == ".onnx" else of_net(load_weights(weights), device)


def _run_measure(asked: argparse.Namespace) -> None:
    cases = read_cases(asked.data, only=asked.cases)
    predict = _predictor(asked.weights, asked.device)
    rows: list[Row] = []
    for row in measure(
        cases, conditions(), predict, level=asked.level, device=asked.device, told=_say
    ):
        rows.append(row)  # kept as it goes: a processor takes long
        Measured(level=asked.level, rows=tuple(rows)).write(asked.out)


def _run_card(asked: argparse.Namespace) -> None:
    measured = None if asked.measured is None else Measured.read(asked.measured)
    write_card(asked.weights, asked.out, facts=Facts.read(asked.facts), measured=measured)


def _run_relabel(asked: argparse.Namespace) -> None:
    predict = _predictor(asked.weights, asked.device)
    for case in read_cases(asked.data):
        anew = relabelled(case, predict, level=asked.level)
        if anew is None:
            _say(f"{case.name}: no CT, or no liver that the network is sure of; left out")
        else:
            _say(str(write_case(asked.out, anew)))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the command's own words
