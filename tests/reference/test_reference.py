"""Every row of the reference table holds to the last digit, but for what ``moved.toml`` lists."""

import fnmatch

import pytest

from tests.reference import asking, ircadb, library, tables
from tests.reference.comparing import (
    OTHER_PROCESSOR,
    SAME,
    Difference,
    differences,
    explained,
    moved,
)

TORSO = {name: row for name, row in asking.rows().items() if name not in asking.SLOW}


@pytest.fixture(scope="session")
def asker(tmp_path_factory):
    return asking.Asker(tmp_path_factory.mktemp("reference").resolve() / "torso")


@pytest.fixture(scope="session")
def tolerance():
    return SAME if tables.read("machine") == tables.machine() else OTHER_PROCESSOR


@pytest.fixture(scope="session")
def held(tolerance):
    """A function that compares a row's answer with the table's."""

    def compare(part, name, answer):
        found = differences(tables.read(part)[name], answer, tolerance=tolerance)
        unlisted, absent = explained(name, found, moved())
        assert not unlisted, "\n".join(map(str, ["not as the table has it:", *unlisted]))
        assert not absent, f"listed in moved.toml, and did not happen: {absent}"

    return compare


@pytest.fixture(scope="session")
def of_library(asker):
    return library.rows(asker.inputs)


@pytest.mark.parametrize("name", ["on the lattice", "on a sheared lattice"])
def test_volumes_of_planes_are_those_of_the_table(name, of_library, held):
    held("library", name, of_library[name])


@pytest.mark.parametrize("name", TORSO)
@pytest.mark.usefixtures("of_library")  # compiled kernels are ready, whichever row comes first
def test_what_the_command_line_says_is_in_the_table(name, asker, held):
    held("torso", name, TORSO[name](asker))


@pytest.mark.parametrize("name", ircadb.rows())
@pytest.mark.usefixtures("of_library")
def test_what_is_said_of_a_real_ct_is_in_the_table(name, asker, held, real_data):
    held("ircadb01", name, ircadb.rows()[name](asker, real_data / "ircadb01"))


def test_the_table_holds_every_row_and_no_other():
    assert tables.read("torso").keys() == asking.rows().keys()
    assert tables.read("ircadb01").keys() == ircadb.rows().keys()


def test_every_intended_difference_names_a_row_that_is_asked():
    rows = {**asking.rows(), **ircadb.rows(), **dict.fromkeys(tables.read("library"))}
    for entry in moved():
        assert entry["why"].strip()
        assert explained_rows(entry, rows), f"no row is called {entry['row']!r}"


def explained_rows(entry, rows):
    return fnmatch.filter(rows, entry["row"])


OLD = {"a": 1.5, "b": [1, 2], "lines": ["one", "two", "three"], "c": None}


def test_keys_and_lines_may_be_added_but_none_lost_or_changed():
    assert differences(OLD, {**OLD, "d": 1, "lines": ["zero", *OLD["lines"], "four"]}) == []
    changed = {"a": 1.5000000000000002, "b": [1], "lines": ["one", "2", "three"]}
    assert [d.path for d in differences(OLD, changed)] == ["a", "b", "lines", "c"]
    assert differences(1, 1.0), "a whole number that became a fraction is a change"


def test_a_listed_difference_must_happen_and_an_unlisted_one_must_not():
    found = [Difference(path="a", old=1.0, new=2.0)]
    listed = [{"row": "row", "path": "a", "old": 1.0, "new": 2.0, "why": "so"}]
    assert explained("row", found, listed) == ([], [])
    assert explained("row", [], listed) == ([], listed)
    assert explained("other", found, listed) == (found, [])
    family = [{**listed[0], "row": "r*"}]  # which need not happen in each of its rows
    assert explained("row", found, family) == explained("row", [], family) == ([], [])
    assert explained("row", found, [{**listed[0], "new": 3.0}])[0] == found
    within = {"row": "row", "path": "*", "within": 1.0, "why": "so"}
    assert explained("row", found, [within]) == ([], [])
    assert explained("row", found, [{**within, "within": 0.5}])[0] == found
    other = {"row": "row", "path": "*", "rule": "any", "why": "so"}
    assert explained("row", found, [other]) == ([], [])
