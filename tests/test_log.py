"""The log: what was done and where it failed, and nothing of any patient."""

import logging
import shutil
import subprocess
import sys

import pydicom
import pytest

from liverplan import log, workflow
from liverplan.cli import main
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM

CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))
NAME, NUMBER = "Ekstrand^Alma", "19121212-1212"
SECRETS = ("Ekstrand", "Alma", NUMBER, "1912", "Portal venous", "Dr Lind")
PATIENT = f"""
[patient]
patient_id = "{NUMBER}"
birth_date = 1912-12-12
"""


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command with a log; give its exit status, the log and stderr."""

    def command(*arguments, options=("--verbose",)):
        file = tmp_path / "run.log"
        with pytest.raises(SystemExit) as stop:
            main(["--log", str(file), *options, *map(str, arguments)])
        return stop.value.code, file.read_text("utf-8"), capsys.readouterr().err

    return command


@pytest.fixture
def named(small, tmp_path):
    """A folder with the patient's name and number; in it the CT, whose headers give both."""
    folder = tmp_path / f"{NAME} {NUMBER}"
    shutil.copytree(small.ct, folder / "ct")
    for path in (folder / "ct").iterdir():
        image = pydicom.dcmread(path)
        image.PatientName, image.PatientID = NAME, NUMBER
        image.SeriesDescription = "Portal venous"
        image.save_as(path)
    (folder / "patient.toml").write_text(PATIENT, "utf-8")
    return folder


def test_the_log_of_a_whole_job_in_full_detail_names_no_patient(run, named, small):
    given = ("--liver", small.liver, "--lesions", small.lesions, "--plane", CUT)
    who = ("--accepted-by", "Dr Lind")
    status, kept, _ = run("assess", named / "ct", "--out", named / "case", *given, *who)
    assert status == 0
    for words in ("command assess", "read a CT of", "Measuring", "3 metastases, 1 cuts"):
        assert words in kept
    assert "exit status 0 after" in kept
    status, kept, _ = run("verify", named / "case")
    assert status == 0
    assert "command verify" in kept
    assert not [secret for secret in SECRETS if secret in kept]


def test_of_a_refusal_its_kind_and_place_are_kept_and_its_sentence_is_not(run, named):
    status, kept, err = run("assess", named / "ct", "--out", named / "c", "--patient", named / "no")
    assert status == 1
    assert NUMBER in err
    assert "WARNING liverplan: ProtocolError" in kept
    assert "cli/assess.py:" in kept
    assert "because of:\nFileNotFoundError" in kept
    assert not [secret for secret in SECRETS if secret in kept]


def test_a_fault_nobody_foresaw_is_one_sentence_and_its_place_is_kept(run, monkeypatch):
    def fail(_):
        raise KeyError(NAME)

    monkeypatch.setattr(workflow, "measure_case", fail)
    status, kept, err = run("measure", "case", options=())
    assert status == 70
    assert "Traceback" not in err
    assert err.startswith("A fault of liverplan itself: KeyError at tests/test_log.py:")
    assert "ERROR liverplan: KeyError\n" in kept
    assert "cli/case.py:" in kept
    assert NAME not in kept + err


def test_what_other_libraries_log_is_not_kept(run, monkeypatch):
    def warn(_):
        logging.getLogger("pydicom").warning("PatientName %s", NAME)
        raise ValueError

    monkeypatch.setattr(workflow, "measure_case", warn)
    assert NAME not in run("measure", "case")[1]


def test_less_is_kept_unless_more_is_asked_for(run, tmp_path):
    quiet = run("series", tmp_path, options=())[1]
    assert " INFO liverplan: liverplan " in quiet
    assert " DEBUG " not in quiet


def test_without_a_file_it_is_told_on_stderr(capsys):
    with pytest.raises(SystemExit):
        main(["--verbose", "settings"])
    assert "INFO liverplan.cli: command settings" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["settings"])
    assert capsys.readouterr().err == ""
    assert not logging.getLogger("liverplan").handlers


def test_a_log_that_cannot_be_written_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--log", str(tmp_path), "settings"])
    assert stop.value.code == 1
    assert "Is a directory" in capsys.readouterr().err


def test_an_error_without_a_place_is_told_too():
    assert log.place_of(KeyError(NAME)) == "KeyError at no line"


def test_without_a_log_a_refusal_is_one_line_and_no_more():
    done = subprocess.run(
        [sys.executable, "-m", "liverplan", "measure", "absent"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
