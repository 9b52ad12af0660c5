"""Every sentence that the code asks for exists in every language, and none that nothing asks for.

Keys are found in the code itself: texts such as "note.lesion_left" and, in the report, names of
headings. Whoever adds a statement without its words, or leaves words behind, is told here.
"""

import ast
import re
import typing
from pathlib import Path
from string import Formatter

import pytest

import liverplan
from liverplan.eligibility import load_protocol, shipped_protocols
from liverplan.eligibility.recist import Category
from liverplan.findings import (
    Denominator,
    Eligibility,
    LesionState,
    Parenchyma,
    Quantity,
    Remedy,
    Resected,
    State,
)
from liverplan.findings.attested import FactState
from liverplan.resection.anatomy.named import resections, usual_shares
from liverplan.volumetry.search.suggest import Family
from liverplan.words import LANGUAGES, words_of
from liverplan.workflow.phase_named import PHASES

ROOM = Path(liverplan.__file__).parent
PLUGINS = Path(__file__).parents[2] / "plugins"
FILES = sorted([*ROOM.rglob("*.py"), *PLUGINS.glob("*/liverplan_*/**/*.py")])
PAGES = [ROOM / "report" / name for name in ("report.html.jinja", "report.typ")]
ENGLISH = words_of("en").table
SECTIONS = {key.partition(".")[0] for key in ENGLISH if "." in key}
KEY = re.compile(rf"(?:{'|'.join(sorted(SECTIONS))})\.[\w/-]+")


def nodes(*kinds):
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, kinds):
                yield file, node


def texts():
    """Every text in the code, and every text with places as a pattern."""
    plain = {node.value for _, node in nodes(ast.Constant) if isinstance(node.value, str)}
    filled = []
    for _, node in nodes(ast.JoinedStr):
        parts = [
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
            for part in node.values
        ]
        if re.match(r"[a-z]+(_|\\\.)", parts[0]):
            filled.append(re.compile("".join(parts)))
    return plain, filled


PLAIN, FILLED = texts()


def statements():
    """(file, line, key, places) of every statement whose key stands in the code."""
    for file, node in nodes(ast.Call):
        named = isinstance(node.func, ast.Attribute) and node.func.attr == "of" and node.args
        if named and isinstance(node.args[0], ast.Constant):
            key = node.args[0].value
            if isinstance(key, str) and KEY.fullmatch(key):
                yield file.name, node.lineno, key, {word.arg for word in node.keywords}


def places(sentence):
    found = set()
    for _, name, how, _ in Formatter().parse(sentence):
        if name:
            found |= {name} | places(how)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_places(language):
    other = words_of(language).table
    assert ENGLISH.keys() == other.keys()
    for key, sentence in ENGLISH.items():
        assert places(sentence) == places(other[key]), key


def test_every_statement_in_the_code_has_words():
    asked = {text for text in PLAIN if KEY.fullmatch(text)}
    assert asked - ENGLISH.keys() == set()


def test_every_statement_fills_the_places_of_its_sentence():
    found = list(statements())
    assert len(found) > 80
    for file, line, key, given in found:
        assert places(ENGLISH[key]) | places(ENGLISH.get(f"{key}_one", "")) <= given, (
            f"{file}:{line} {key}"
        )
        assert given - {"count", "written"} <= places(ENGLISH[key]), f"{file}:{line} {key}"


def test_no_sentence_is_left_that_nothing_asks_for():
    pages = "".join(page.read_text("utf-8") for page in PAGES)
    members = {member.replace(" ", "_") for member in typing.get_args(Eligibility)}
    idle = [
        key
        for key in ENGLISH
        if key.removesuffix("_one") not in PLAIN
        and key not in PLAIN
        and not any(pattern.fullmatch(key) for pattern in FILLED)
        and not re.search(rf"words\.{key}\b", pages)
        and key not in members
        and not any(f":{key}}}" in sentence for sentence in ENGLISH.values())
    ]
    assert idle == []


def test_bundled_protocols_are_spoken_in_every_language():
    for name in shipped_protocols():
        protocol = load_protocol(name)
        for criterion in protocol.criteria:
            assert ENGLISH[f"criterion.{criterion.id}"] == criterion.title
            assert ENGLISH.get(f"left_open.{criterion.id}", "") == criterion.ambiguity
            assert ENGLISH.get(f"way_out.{criterion.id}", "") == criterion.otherwise
            if criterion.other_reading is not None:
                assert ENGLISH[f"reading.{criterion.id}"] == criterion.other_reading.words
        for fact in protocol.facts.values():
            assert ENGLISH[f"fact.{fact.name}"] == fact.label


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("recist_code.", typing.get_args(Category)),
        ("divisor.", typing.get_args(Denominator)),
        ("", typing.get_args(Denominator)),
        ("formula_", typing.get_args(Denominator)),
        ("state_", typing.get_args(State)),
        ("", typing.get_args(Eligibility)),
        ("family.", typing.get_args(Family)),
        ("narrow.", typing.get_args(Remedy)),
        ("parenchyma.", typing.get_args(Parenchyma)),
        ("published.", typing.get_args(Resected)),
        ("quantity.", typing.get_args(Quantity)),
        ("fact_", typing.get_args(FactState)),
        ("phase.", ["unknown", *PHASES]),
        ("person.", ["patient_id", "birth_date", "sex"]),
        ("lesion_", [state.partition(" ")[0] for state in typing.get_args(LesionState)]),
        ("part.", [share.name for share in usual_shares()]),
        ("part_", [share.name for share in usual_shares()]),
        ("resection_", [resection.name for resection in resections()]),
    ],
)
def test_every_member_of_a_kind_has_its_word(prefix, names):
    for name in names:
        assert prefix + name.replace(" ", "_") in ENGLISH
