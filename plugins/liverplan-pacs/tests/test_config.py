"""The configuration file: what it may hold, and the words for what it may not."""

import pytest
from liverplan_pacs import load_settings
from liverplan_pacs.transfer import whole_or_not

from liverplan.dicom.archive import Query, archive_names, open_archive
from liverplan.errors import BackendError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no archive"),
        ("[archives", "is no readable TOML file"),
        ('[archives.a]\nprotocol = "ftp"', "must be dicomweb or dimse"),
        ('[archives.a]\nhost = "x"', "protocol is missing"),
        ('[archives.a]\nprotocol = "dimse"', "names no host"),
        ('[archives.a]\nprotocol = "dicomweb"', "names no url"),
        ('[archives.a]\nprotocol = "dimse"\nhots = "x"', "unknown key 'hots'"),
        ('[archives.a]\nprotocol = "dimse"\nhost = "x"\nretrieve = "pull"', "must be get or move"),
    ],
)
def test_each_fault_is_named(tmp_path, text, words):
    (tmp_path / "pacs.toml").write_text(text)
    with pytest.raises(BackendError, match=words):
        load_settings(tmp_path / "pacs.toml")


def test_an_unknown_archive_is_refused(tmp_path):
    (tmp_path / "pacs.toml").write_text('[archives.a]\nprotocol = "dimse"\nhost = "x"')
    with pytest.raises(BackendError, match="no archive 'b'; there are a"):
        open_archive("b", tmp_path / "pacs.toml")


def test_listening_is_on_loopback_by_default(tmp_path):
    (tmp_path / "pacs.toml").write_text('[archives.a]\nprotocol = "dimse"\nhost = "x"')
    assert load_settings(tmp_path / "pacs.toml")["a"].listen_host == "127.0.0.1"


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    def interrupted():
        with whole_or_not(tmp_path / "ct") as place:
            (place / "1.dcm").touch()
            raise KeyError("interrupted")

    with pytest.raises(KeyError, match="interrupted"):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    with whole_or_not(tmp_path / "ct") as place:
        (place / "1.dcm").touch()
    assert [p.name for p in (tmp_path / "ct").iterdir()] == ["1.dcm"]
    with pytest.raises(BackendError, match="is there already"), whole_or_not(tmp_path / "ct"):
        pass


def test_the_configuration_is_looked_for_where_it_is_said_to_be(tmp_path, monkeypatch):
    (tmp_path / "pacs.toml").write_text('[archives.a]\nprotocol = "dimse"\nhost = "x"')
    monkeypatch.setenv("LIVERPLAN_PACS", str(tmp_path / "pacs.toml"))
    assert archive_names() == ["a"]
    monkeypatch.setenv("LIVERPLAN_PACS", str(tmp_path / "absent.toml"))
    with pytest.raises(BackendError, match=r"There is no file .*absent\.toml that names"):
        archive_names()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "Name a patient"),
        ({"modality": "CT"}, "Name a patient"),
        ({"patient_name": "*"}, "Name a patient"),
        ({"study_date": "yesterday"}, "'yesterday' is no date"),
    ],
)
def test_a_query_that_would_list_everything_is_refused(query, words):
    with pytest.raises(BackendError, match=words):
        Query(**query)
