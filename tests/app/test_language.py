"""The window's words: every text that is shown in English has its Swedish, with the same places."""

import ast
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import liverplan.app
from liverplan import NOTICE
from liverplan.app.kit import theme
from liverplan.app.kit.language import DECIMALS, NAMES, en, localised, retold, speak, table, tr
from liverplan.app.slices.convert import VIEW_NAMES
from liverplan.app.steps.committee.panel import BALLOTS
from liverplan.app.steps.resection.parts import VESSEL_SCHEMES
from liverplan.app.steps.result.facts_sheet import SEXES
from liverplan.dicom.kinds import AXES, CLASS_WORDS, NOT_VOLUMES
from liverplan.eligibility import load_protocol
from liverplan.errors import InputError
from liverplan.findings import Eligibility, Fate, LesionState
from liverplan.findings.criteria import State
from liverplan.followup.comparison import NEW, SEEN
from liverplan.resection.anatomy.named import resections, usual_shares
from liverplan.volumetry.search.suggest import Family
from liverplan.words import LANGUAGES, words_of
from liverplan.workflow.outputs import WITH, WITHOUT
from liverplan.workflow.rule import DENOMINATORS

APP = Path(liverplan.app.__file__).parent
ROOT = APP.parent
PROTOCOL = load_protocol("breclim2")
TABLES = {
    NOTICE,
    PROTOCOL.title,
    *(fact.question for fact in PROTOCOL.facts.values()),
    *(name.replace("_", " ") for name in PROTOCOL.facts),
    *DENOMINATORS.values(),
    *BALLOTS,
    *filter(None, SEXES),
    *get_args(Eligibility),
    *get_args(State),
    *get_args(Fate),
    "left in part",
    *get_args(LesionState),
    *get_args(Family),
    *VESSEL_SCHEMES,
    *(known.name for known in (*resections(), *usual_shares())),
    *(known.source for known in usual_shares()),
    *(f"{done} {whose}" for done in ("Wrote the report", "Exported") for whose in (WITH, WITHOUT)),
    *VIEW_NAMES,
    *theme.VESSELS,
    *(name for name, _, _ in theme.PRESETS),
    NEW,
    SEEN,
    *(kind for kind, _ in NOT_VOLUMES.values()),
    *CLASS_WORDS.values(),
    *(f"CT {way}" for way in (*AXES, "oblique")),
    "not read",
}
"""Texts that are shown by `tr` and stand in tables of names, where they are no texts yet."""
OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture
def swedish():
    speak("sv")
    yield
    speak("en")


def shown_texts():
    """Every text that the code hands to `tr` or `en` as it stands."""
    yield from TABLES
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"tr", "en"}:
                yield from texts_in(node.args[0])


def stages():
    """Every stage that long work tells of, in the core too, as it stands."""
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] in {"cli", "cohort"}:
            continue  # no window runs these
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(node, "func", None)
            if getattr(called, "id", getattr(called, "attr", "")) in {"tell", "report", "progress"}:
                yield from (text for argument in node.args[1:] for text in texts_in(argument))


def texts_in(node):
    """The texts that an expression may be; of a name or a table's entry, none."""
    if isinstance(node, ast.IfExp):
        yield from texts_in(node.body)
        yield from texts_in(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def entries():
    """What the core writes into a case's trail, as it stands."""
    for path in sorted([*(ROOT / "case").rglob("*.py"), *(ROOT / "workflow").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "commit":
                told = [keyword.value for keyword in node.keywords if keyword.arg == "what"]
                yield from (text for one in told for text in texts_in(one))


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_core_writes_into_a_trail_is_in_every_language(language):
    assert set(entries())
    assert sorted(set(entries()) - table(language).keys()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_stage_of_long_work_is_in_every_language(language):
    assert sorted(set(stages()) - table(language).keys()) == []


def test_what_was_said_in_english_is_known_again_with_its_places_filled(swedish):
    assert retold("Read 3 of 60 slices") == "Läst 3 av 60 skivor"
    assert retold("delete plane") == "borttagning av plan"
    assert retold("add Plan B") == "tillägg av Plan B"
    assert retold("Signed: vote: for") == "Skrev under: röst: för"
    assert retold("Opacity of the liver") == "Täckning: the liver"
    assert retold("as somebody wrote it") == "as somebody wrote it"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_known_again_with_any_words_in_its_places(language):
    speak(language)
    try:
        for text in table(language):
            names = set(places(text))
            filled = re.sub(r"{(\w+)[^}]*}", r"<\1>", text)
            assert all(f"<{name}>" in retold(filled) for name in names), text
    finally:
        speak("en")


def places(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_that_the_code_shows_is_in_every_language(language):
    assert sorted(set(shown_texts()) - table(language).keys()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_english(language):
    wrong = [text for text, said in table(language).items() if places(text) != places(said)]
    assert wrong == []


def test_a_text_is_said_in_the_chosen_language_and_english_where_the_language_lacks_it(swedish):
    assert tr("Undo") == "Ångra"
    assert tr("No such text {n}", n=3) == "No such text 3"


def test_a_name_of_a_step_is_kept_in_english_and_said_in_any_language(swedish):
    name = en("delete {what}", what=en("plane"))
    assert name == "delete plane"
    assert tr(name) == "borttagning av plan"


def test_numbers_have_the_decimal_sign_of_the_report_in_that_language(swedish):
    assert tr("{mm:.1f} mm", mm=12.34) == "12,3 mm"
    assert localised("41.2") == "41,2"
    assert {code: words_of(code).number(".") for code in LANGUAGES} == DECIMALS


def test_a_language_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="speaks en and sv, not 'fr'"):
        speak("fr")


def test_every_language_has_a_name_for_itself():
    assert NAMES.keys() == set(LANGUAGES)
