"""The window's words: every text that is shown in English has its Swedish, with the same places."""

import ast
from pathlib import Path
from string import Formatter

import pytest

import liverplan.app
from liverplan.app.kit.language import NAMES, speak, table, tr
from liverplan.errors import InputError
from liverplan.words import LANGUAGES

APP = Path(liverplan.app.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture
def swedish():
    speak("sv")
    yield
    speak("en")


def shown_texts():
    """Every text that the code hands to `tr` as it stands."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant):
                    yield str(text.value)


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


def test_a_language_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="speaks en and sv, not 'fr'"):
        speak("fr")


def test_every_language_has_a_name_for_itself():
    assert NAMES.keys() == set(LANGUAGES)
