"""One settings file: read strictly, shared by the command line and the application."""

from pathlib import Path

import pytest

from liverplan import workflow
from liverplan.cli import main
from liverplan.dicom.archive import config_path
from liverplan.errors import InputError
from liverplan.settings import VARIABLE, Settings, read_settings, settings_path


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A settings file that the environment names; nothing is in it yet."""
    path = tmp_path / "set" / "mine.toml"
    path.parent.mkdir()
    path.touch()
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.mark.parametrize("named", [None, ""])
def test_where_no_file_lies_nothing_is_set(monkeypatch, tmp_path, named):
    monkeypatch.delenv(VARIABLE)
    if named is not None:
        monkeypatch.setenv(VARIABLE, named)
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path)
    assert settings_path() == tmp_path / "settings.toml"
    assert read_settings() == Settings()
    (tmp_path / "settings.toml").write_text('language = "sv"', "utf-8")
    assert read_settings() == Settings(language="sv")


def test_a_file_that_is_named_and_absent_is_refused(file):
    file.unlink()
    with pytest.raises(InputError, match=f"no settings file {file}, which LIVERPLAN_SETTINGS"):
        read_settings()


def test_paths_are_relative_to_the_file_and_names_are_not(file):
    file.write_text(
        'language = "sv"\nprotocol = "ours.toml"\narchives = "pacs.toml"\ncases = "/cases"', "utf-8"
    )
    assert read_settings() == Settings(
        language="sv",
        protocol=str(file.parent / "ours.toml"),
        archives=file.parent / "pacs.toml",
        cases=Path("/cases"),
    )
    file.write_text('protocol = "breclim2"\narchives = "~/pacs.toml"', "utf-8")
    expected = Settings(protocol="breclim2", archives=Path.home() / "pacs.toml")
    assert read_settings() == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('langauge = "sv"', "unknown key 'langauge' (there are language, protocol,"),
        ("language = 2", "'language' must be a text, not 2"),
        ('cases = " "', "'cases' must be a text, not ' '"),
        ("a = 1\nlanguage = 2", "unknown key 'a' (there are language, protocol, archives, cases);"),
        ("language", "is no valid TOML"),
    ],
)
def test_a_fault_is_told_in_one_sentence(file, text, words, capsys):
    file.write_text(text, "utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["settings"])
    err = capsys.readouterr().err
    assert stop.value.code == 1
    assert words in err
    assert len(err.splitlines()) == 1


def test_a_folder_or_a_text_in_another_encoding_is_refused(file):
    file.write_bytes(b"language = '\xff'")
    with pytest.raises(InputError, match="is no valid TOML"):
        read_settings()
    file.unlink()
    file.mkdir()
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_settings()


def test_what_is_set_is_shown(file, capsys):
    file.write_text('language = "sv"', "utf-8")
    with pytest.raises(SystemExit):
        main(["settings"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [str(file), "language: sv", "protocol: not set"]


def test_an_option_goes_before_what_is_set(file, monkeypatch):
    file.write_text('language = "sv"', "utf-8")
    spoken = []
    monkeypatch.setattr(
        workflow, "write_report", lambda *_, language, **__: spoken.append(language)
    )
    for options in ([], ["--language", "en"]):
        with pytest.raises(SystemExit):
            main(["report", "case", "--out", "r.html", *options])
    assert spoken == ["sv", "en"]


def test_patients_are_judged_by_the_protocol_that_is_set(file, monkeypatch, capsys):
    file.write_text('protocol = "absent.toml"', "utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["assess", "ct", "--out", "case"])
    assert stop.value.code == 1
    assert f"protocol {file.parent / 'absent.toml'} cannot be read" in capsys.readouterr().err


def test_the_environment_goes_before_the_archives_that_are_set(file, monkeypatch):
    monkeypatch.delenv("LIVERPLAN_PACS", raising=False)
    assert config_path() == Path.home() / ".config" / "liverplan" / "pacs.toml"
    file.write_text('archives = "ours.toml"', "utf-8")
    assert config_path() == file.parent / "ours.toml"
    monkeypatch.setenv("LIVERPLAN_PACS", "theirs.toml")
    assert config_path() == Path("theirs.toml")
