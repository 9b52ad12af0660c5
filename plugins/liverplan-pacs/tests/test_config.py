"""The configuration file: what it may hold, and the words for what it may not."""

import pytest
from liverplan_pacs import load_settings
from liverplan_pacs.transfer import whole_or_not

from liverplan.dicom.archive import Query, archive_faults, archive_names, open_archive
from liverplan.errors import BackendError

DIMSE = '[archives.a]\nprotocol = "dimse"\nhost = "x"'


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
        (f'{DIMSE}\nsender_certificate = "no"', "must be required or optional"),
        (f'{DIMSE}\nport = "104"', "port must be a whole number"),
        (f"{DIMSE}\nport = 70000", "port must be from 1 to 65535"),
        (f"{DIMSE}\nport = true", "port must be a whole number"),
        (f"{DIMSE}\ndeadline_s = inf", "deadline_s must be more than 0"),
        (f"{DIMSE}\nlargest_mb = 0", "largest_mb must be more than 0"),
        (f'{DIMSE}\nsender_aes = ["A", 1]', "sender_aes must be a list of texts"),
        (f'{DIMSE}\ncalling_ae = "LONGER THAN SIXTEEN"', "is no AE title"),
        ('[archives.a]\nprotocol = "dicomweb"\nurl = "file:///etc"', "url must begin with https"),
        ("[archives]\na = 3", "is no table of keys"),
    ],
)
def test_each_fault_is_named(tmp_path, text, words):
    (tmp_path / "pacs.toml").write_text(text)
    with pytest.raises(BackendError, match=words):
        load_settings(tmp_path / "pacs.toml")


def test_an_entry_with_a_fault_hides_no_other(tmp_path):
    config = tmp_path / "pacs.toml"
    config.write_text(f"{DIMSE}\n[archives.b]\nprotocol = 'dimse'\n[archives.c]\nhots = 'x'")
    assert archive_names(config) == ["a"]
    assert archive_faults(config) == {
        "b": "Archive b: the configuration names no host.",
        "c": "pacs.toml, archive c: unknown key 'hots'.",
    }
    open_archive("a", config)
    with pytest.raises(BackendError, match="names no host"):
        open_archive("b", config)


def test_a_token_that_is_not_set_is_said_before_anything_is_asked(tmp_path, monkeypatch):
    config = tmp_path / "pacs.toml"
    url = 'url = "https://127.0.0.1:1"\ntoken_variable = "WARD_TOKEN"'
    config.write_text(f'[archives.a]\nprotocol = "dicomweb"\n{url}')
    for value in ("", "not\none line"):
        monkeypatch.setenv("WARD_TOKEN", value)
        with pytest.raises(BackendError, match="WARD_TOKEN, which holds the token for a, is not"):
            open_archive("a", config).find(Query(patient_id="x"))


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
