"""What may train, and what may not."""

import pytest
from liverplan_training.sources import table, table_of

from liverplan.errors import InputError


@pytest.mark.parametrize("name", ["ircadb01", "real_ircadb_01", "3D-IRCADb-01.1", "btcv_ircad"])
def test_ircadb_never_trains_under_any_name_that_says_so(name):
    with pytest.raises(InputError, match="may measure, never train"):
        table().source_of(name)


@pytest.mark.parametrize("name", ["liver_17", "btcv_0099", "hra_vhx", "real_somewhere"])
def test_what_no_source_names_is_refused(name):
    with pytest.raises(InputError, match=f"{name} may not train: no source in the table"):
        table().source_of(name)


def test_a_case_that_states_a_forbidden_licence_is_refused_under_a_known_name():
    with pytest.raises(InputError, match=r"'CC BY-NC-ND 4\.0', which is none of CC0"):
        table().source_of("btcv_0001", licence="CC BY-NC-ND 4.0")


def test_a_case_whose_licence_is_not_its_sources_is_refused():
    with pytest.raises(InputError, match=r"states the licence 'CC0', its source 'CC BY 4\.0'"):
        table().source_of("btcv_0001", licence="CC0")
    assert table().source_of("btcv_0001", licence="CC BY 4.0").licence == "CC BY 4.0"


def test_a_table_with_a_licence_that_is_not_permitted_cannot_be_read():
    text = """
    schema = "liverplan.training.sources/1"
    permitted = ["CC0"]
    refused = []
    [[source]]
    files = ["a_*"]
    title = "A set"
    licence = "CC BY-NC 4.0"
    """
    with pytest.raises(InputError, match=r"A set has the licence 'CC BY-NC 4\.0'"):
        table_of(text)
    with pytest.raises(InputError, match="not of the schema"):
        table_of(text.replace("sources/1", "sources/9"))


def test_every_source_says_title_and_licence():
    assert all(s.title and s.licence in table().permitted for s in table().sources)
