"""The model card of a network, for people (Markdown) and, beside it, for programs (JSON).

It says what the weights are, by their hash; every source with its licence; how they were trained;
what was measured on what; and what they must not be used for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from liverplan_training.cases import HELD_OUT
from liverplan_training.evaluation.measure import Summary, summaries
from liverplan_training.export import sha256
from liverplan_training.facts import Facts, Measured
from liverplan_training.sources import Source, table

SCHEMA = "liverplan.card/1"
LICENCE = "Apache-2.0"
USES = (
    "Outlines of the liver, and hints at metastases, on CT of adults, enhanced or not: proposals "
    "that a person checks and corrects."
)
NOT_FOR = (
    "Diagnosis or treatment decisions: no authority has cleared or approved it.",
    "A volume, or a remnant's share, that no person has checked, above all near a limit.",
    "Ruling out metastases: it misses some, small and faint ones most.",
    "MRI, PET or ultrasound; children; livers after resection or transplantation; trauma; CT that "
    "shows less than the whole liver. None of these was measured.",
    "Telling metastases from cysts, benign lesions or primary tumours: it was never shown those.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that a card says.

    Parameters
    ----------
    sources
        Each source that taught the network, with its cases.
    """

    file: str
    sha256: str
    bytes: int
    facts: Facts
    sources: tuple[tuple[Source, tuple[str, ...]], ...]
    measured: Measured | None

    @property
    def held_out(self) -> tuple[str, ...]:
        """Maps that never taught this network."""
        return tuple(name for name in HELD_OUT if name not in self.facts.trained_on)

    @property
    def seen(self) -> tuple[str, ...]:
        """Measured maps that had taught it."""
        rows = () if self.measured is None else self.measured.rows
        return tuple(sorted({row.case for row in rows} & set(self.facts.trained_on)))


def card_of(weights: Path, *, facts: Facts, measured: Measured | None) -> Card:
    """Return the card of an exported network.

    Raises
    ------
    InputError
        If no source lends a case that taught it.
    """
    return Card(
        file=weights.name,
        sha256=sha256(weights),
        bytes=weights.stat().st_size,
        facts=facts,
        sources=tuple(_by_source(facts.trained_on)),
        measured=measured,
    )


def write_card(weights: Path, path: Path, *, facts: Facts, measured: Measured | None) -> None:
    """Write a card: Markdown at the path, JSON beside it."""
    card = card_of(weights, facts=facts, measured=measured)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(markdown(card)) + "\n", "utf-8")
    path.with_suffix(".json").write_text(json.dumps(as_json(card), indent=1) + "\n", "utf-8")


def _by_source(names: Sequence[str]) -> Iterator[tuple[Source, tuple[str, ...]]]:
    source_of = {name: table().source_of(name) for name in names}
    for source in table().sources:
        lent = tuple(name for name in names if source_of[name] == source)
        if lent:
            yield source, lent


def as_json(card: Card) -> dict[str, object]:
    """Return a card for programs."""
    measured = card.measured
    return {
        "schema": SCHEMA,
        "file": card.file,
        "sha256": card.sha256,
        "bytes": card.bytes,
        "licence": LICENCE,
        "uses": USES,
        "not_for": list(NOT_FOR),
        "sources": [
            {"title": s.title, "licence": s.licence, "remark": s.remark, "cases": list(lent)}
            for s, lent in card.sources
        ],
        "training": asdict(card.facts),
        "held_out": list(card.held_out),
        "measured": None
        if measured is None
        else {
            "level": measured.level,
            "seen_in_training": list(card.seen),
            "by_condition": [asdict(summary) for summary in summaries(measured.rows)],
        },
    }


def markdown(card: Card) -> Iterator[str]:
    """Yield a card's lines for people."""
    facts = card.facts
    yield f"# {facts.name}"
    yield ""
    yield f"`{card.file}`, {card.bytes / 1e6:.1f} MB, SHA-256 `{card.sha256}`. Licence: {LICENCE}."
    yield ""
    yield f"For: {USES}"
    yield ""
    yield "Not for:"
    yield from (f"- {line}" for line in NOT_FOR)
    yield from _sources(card.sources)
    yield from _training(card)
    if card.measured is not None and card.measured.rows:
        yield from _measured(card, card.measured)
    else:
        yield from ("", "Nothing was measured.")


def _sources(sources: Iterable[tuple[Source, tuple[str, ...]]]) -> Iterator[str]:
    yield from ("", "## Sources", "", "| source | licence | cases |", "|---|---|---|")
    for source, lent in sources:
        remark = f" ({source.remark})" if source.remark else ""
        yield f"| {source.title} | {source.licence}{remark} | {', '.join(lent)} |"
    yield ""
    yield "No CT had an expert's outline. 3D-IRCADb taught nothing: it only measures."


def _training(card: Card) -> Iterator[str]:
    facts = card.facts
    yield from ("", "## Training", "")
    yield (
        f"{facts.steps} steps in {facts.seconds} s on {facts.device}, torch {facts.torch}. "
        f"Settings: {', '.join(f'{key} {value}' for key, value in facts.recipe.items())}. "
        f"A voxel is more likely liver than not above a probability of {facts.unbiased_level:.2f}."
    )
    yield ""
    yield f"Kept out of the training: {', '.join(card.held_out) or 'none'}."
    yield from (line for remark in facts.remarks for line in ("", remark))


def _measured(card: Card, measured: Measured) -> Iterator[str]:
    yield from ("", "## Measured on rendered CTs", "")
    yield (
        "CTs rendered from label maps, one thing changed at a time from a portal venous CT of "
        f"1.5 mm and 12 HU of noise; liver where the probability exceeds {measured.level:.2f}, "
        "largest piece, on voxels of 2 mm. They test shapes and densities, not real texture."
    )
    if card.seen:
        yield ""
        yield f"Seen in its training, otherwise rendered: {', '.join(card.seen)}."
    yield ""
    yield (
        "| changed | to | CTs | liver, HU | Dice, median | worst | volume, median | worst | "
        "lesions found | false |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield from (_row(summary) for summary in summaries(measured.rows))


def _row(s: Summary) -> str:
    return (
        f"| {s.factor} | {s.value} | {s.cases} | {s.liver_hu:.0f} | {s.dice:.3f} | "
        f"{s.worst_dice:.3f} | {100 * s.volume_fraction:+.1f} % | "
        f"{100 * s.worst_volume_fraction:+.1f} % | {s.lesions_found} of {s.lesions} | "
        f"{s.false_lesions} |"
    )
