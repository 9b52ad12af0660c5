"""The whole way of a committee by the command line: keys, acceptance, votes, what leaves."""

import csv
import shutil
import subprocess
import sys
from dataclasses import replace

import pydicom
import pytest

from liverplan.case import check_signatures, open_case, read_register
from liverplan.cli import main
from liverplan.dicom.write_ct import SeriesText, write_ct_series
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from tests.at_a_prompt import at_a_prompt
from tests.benchmarks.tampering.forger import copied

CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))
LIND, DAHL = "Dr Åsa Lind", "Dr Per Dahl"
PEOPLE = {
    "keeper": "",
    LIND: "radiologist",
    DAHL: "surgeon",
    "Ek": "committee member",
    "Holm": "committee member",
    "Sand": "committee member",
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here")


class Committee:
    """People with keys, and the commands that they give."""

    def __init__(self, room, capsys, monkeypatch):
        self.room, self.capsys, self.monkeypatch = room, capsys, monkeypatch
        self.case, self.register = room / "case", room / "register.jsonl"
        (room / "keys").mkdir(mode=0o700)

    def key(self, name):
        return self.room / f"{name}.pem"

    def public(self, name):
        return self.room / "keys" / f"{name}.pub"

    def phrase(self, name):
        return f"open, {name}"

    def run(self, *arguments, by=None, status=0):
        """Run a command; ``by`` gives the passphrase as a script does."""
        self.monkeypatch.setenv("LIVERPLAN_KEY_PASSWORD", self.phrase(by) if by else "")
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        said = self.capsys.readouterr()
        assert (stop.value.code or 0) == status, said
        return said.out + said.err

    def ask(self, *arguments, answers, status=0):
        """Run a command at a terminal."""
        self.monkeypatch.delenv("LIVERPLAN_KEY_PASSWORD", raising=False)
        found, said = at_a_prompt(*arguments, answers=answers)
        assert found == status, said
        assert not any(answer in said for answer in answers if answer), said
        return said

    def vote(self, name, ballot, reason):
        told = ["--vote", ballot, "--reason", reason, "--name", name, "--key", self.key(name)]
        return ["committee", "vote", self.case, *told]

    def verify(self, folder=None, *, status=0, **more):
        told = ["--keys", self.room / "keys", "--roster", self.room / "roster.json"]
        for option, value in more.items():
            told += [f"--{option.replace('_', '-')}", value]
        return self.run("verify", folder or self.case, *told, status=status)


@pytest.fixture(scope="module")
def earlier(small, tmp_path_factory):
    """A CT of the same patient, two months before."""
    folder = tmp_path_factory.mktemp("earlier")
    before = pydicom.dcmread(next(small.ct.iterdir())).StudyDate
    text = replace(SeriesText(), study_date=f"{int(before[:4]) - 1}1215")
    write_ct_series(small.phantom.volume, folder, seed=9, text=text)
    return folder


def test_from_the_keys_to_a_forgery_that_is_found(small, earlier, tmp_path, capsys, monkeypatch):
    it = Committee(tmp_path, capsys, monkeypatch)
    for name in PEOPLE:
        told = ["committee", "key", it.key(name), "--public", it.public(name)]
        if name in ("keeper", LIND):
            it.ask(*told, answers=[it.phrase(name)] * 2)
        else:
            it.run(*told, by=name)
        assert it.key(name).stat().st_mode & 0o077 == 0
    members = [
        f"--member={name};{role};{it.public(name)};2026-01-01"
        for name, role in PEOPLE.items()
        if role
    ]
    roster = ["committee", "roster", tmp_path / "roster.json", "--key", it.key("keeper"), *members]
    assert "its password is another" in it.ask(*roster, answers=["wrong"], status=1)
    it.ask(*roster, answers=[it.phrase("keeper")])

    masks = ["--liver", small.liver, "--lesions", small.lesions, "--plane", CUT]
    signed = ["--accepted-by", LIND, "--key", it.key(LIND)]
    it.run("assess", small.ct, "--out", it.case, *masks, *signed, by=LIND)
    it.run("assess", earlier, "--out", tmp_path / "before", *masks)
    it.run("committee", "response", it.case, tmp_path / "before", *signed_by(it, LIND), by=LIND)
    it.run("committee", "accept", it.case, *signed_by(it, LIND), by=LIND)
    judged = {c["id"]: c["value"] for c in open_case(it.case).document("findings")["criteria"]}
    assert judged["response"] == "SD"
    it.ask(*sign(it, "radiologist", LIND), answers=[it.phrase(LIND)])
    it.run(*sign(it, "surgeon", DAHL), by=DAHL)
    it.ask(*it.vote("Ek", "for", "Clear margin"), answers=["wrong"], status=1)
    it.ask(*it.vote("Ek", "for", "Clear margin"), answers=[it.phrase("Ek")])
    it.run(*it.vote("Holm", "for", "Clear margin"), by="Holm")
    it.run(*it.vote("Ek", "against", "Seen anew"), by="Ek")
    assert (
        it.run(*it.vote("Sand", "for", "Enough"), by="Sand") == "Everybody has signed and voted.\n"
    )
    ballots = [
        (c.signature.name, c.signature.vote)
        for c in check_signatures(open_case(it.case))
        if c.signature.vote and not c.void_because
    ]
    assert ballots == [("Holm", "for"), ("Ek", "against"), ("Sand", "for")]
    entries = open_case(it.case).history
    assert all(entry.public_key for entry in entries)

    head = leaves(it)
    ends = f"ends in {read_register(it.register).head}"
    said = it.verify(head=head, register=it.register)
    assert "nothing was altered." in said
    assert "superseded by their later vote (against)" in said
    assert "was not asked" not in said
    assert ends.split()[2] in it.register.read_text("utf-8")
    noted = read_register(it.register).head
    assert f"Register: {it.register} ends in {noted}." in said

    forged_afterwards(it, head, noted)


def signed_by(it, name):
    return ["--name", name, "--key", it.key(name)]


def sign(it, role, name):
    return ["committee", "sign", it.case, "--as", role, *signed_by(it, name)]


def leaves(it):
    """Write all that leaves a case; each says where the trail ended. Return that."""
    room, heads = it.room, []
    for file in ("report.html", "report.pdf"):
        heads.append(open_case(it.case).head)
        it.run("report", it.case, "--out", room / file, "--register", it.register)
    assert heads[0] in (room / "report.html").read_text("utf-8")
    assert heads[1] in text_of(room / "report.pdf")
    heads.append(open_case(it.case).head)
    it.run("export", it.case, "--out", room / "dicom", "--register", it.register)
    record = pydicom.dcmread(room / "dicom" / "measurements.dcm")
    assert heads[2] in str(record.ContributingEquipmentSequence[0])
    it.run("cohort", "overview", room, "--out", room / "tables")
    with (room / "tables" / "overview.csv").open(newline="") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    heads.append(rows["case"]["head"])
    assert heads[3] == open_case(it.case).head
    assert rows["case"]["register"] == ""
    assert "knows no such case" in rows["before"]["register"]
    whats = [entry.what for entry in open_case(it.case).history[-3:]]
    assert whats == [*["Wrote the report with its patient"] * 2, "Exported with its patient"]
    return heads[0]


def text_of(pdf):
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run([program, "-raw", pdf, "-"], capture_output=True, text=True, check=True)
    return "".join(done.stdout.split())


def forged_afterwards(it, head, noted):
    """Each bends a copy, and its register with it where that is said."""
    room = it.room / "forged"
    for number, (bend, words) in enumerate(WAYS):
        place = room / str(number)
        forger = copied(it.case, place / "case")
        shutil.copy(it.register, place)
        bend(forger)
        said = it.verify(forger.folder, status=1, register=place / "register.jsonl")
        assert words in said
    lines = it.register.read_bytes().splitlines(keepends=True)
    (place / "register.jsonl").write_bytes(b"".join(lines[:-1]))
    shutil.rmtree(place / "case")
    copied(it.case, place / "case")
    told = {"register": place / "register.jsonl", "register_head": noted.split()[0]}
    assert "lines were taken away or rewritten" in it.verify(place / "case", status=1, **told)


def turned(forger):
    state = forger.state()
    *before, against, last = state["signatures"]
    state["signatures"] = [*before, against | {"vote": "for"}, last]
    forger.add(state)


WAYS = (
    (turned, "the signature of Ek is not genuine: it does not match its key"),
    (lambda forger: forger.drop(2, orphans=False), "its trail ended in"),
)


def test_a_key_signs_for_somebody_who_is_named(small, tmp_path, capsys, monkeypatch):
    it = Committee(tmp_path, capsys, monkeypatch)
    it.run("committee", "key", it.key("Ek"), "--public", it.public("Ek"))
    told = ["assess", small.ct, "--out", tmp_path / "x", "--key", it.key("Ek")]
    assert "needs --accepted-by" in it.run(*told, status=2)
