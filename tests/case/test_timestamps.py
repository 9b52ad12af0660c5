"""Time stamps by a real authority (openssl): what they prove, and each way in which they do not."""

import base64
import shutil
import time

import pytest

from liverplan.case import check_signatures, keep_stamp, open_case, read_authorities, stamps
from liverplan.case.documents import to_line
from liverplan.cli import main
from liverplan.errors import CaseError
from liverplan.workflow.cases import user
from tests.benchmarks.tampering.forger import Forger, copied
from tests.case.authority import Authority

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")


@pytest.fixture
def decided(tampered):
    return tampered.case.folder


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "own")


@pytest.fixture
def case(decided, tmp_path):
    return copied(decided, tmp_path / "case").folder


@pytest.fixture
def run(capsys):
    """A function: run a command, return its status and what it said."""

    def command(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        return stop.value.code or 0, said.out + said.err

    return command


@pytest.fixture
def stamped(case, authority, run):
    """The case with a time stamp of where it ended, made by command."""
    return stamp(case, authority, run)


def stamp(case, authority, run, *, trusted=None):
    request, answer = case.parent / "it.tsq", case.parent / "it.tsr"
    assert run("case", "stamp", case, "--request", request)[0] == 0
    authority.answer(request, answer)
    trust = (trusted or authority).certificate
    status, said = run("case", "stamp", case, "--token", answer, "--authority", trust)
    assert status == 0, said
    return case


def test_what_it_proves_is_said_with_who_and_when(stamped, authority, run):
    before = len(open_case(stamped).history) - 1
    status, said = run("verify", stamped, "--authority", authority.certificate)
    assert status == 0
    assert f"Its first {before} entries were there on 20" in said
    assert "by the time stamp of CN=Test authority." in said
    assert "dated" not in said


def test_without_a_certificate_it_is_said_that_nobody_checked(stamped, run):
    status, said = run("verify", stamped)
    assert status == 0
    assert "that was not checked: give the authority's certificate." in said


def test_it_voids_no_signature_and_verifies_with_the_rest(stamped, run):
    assert not any(c.void_because for c in check_signatures(open_case(stamped)))


def test_another_authority_proves_nothing(case, authority, tmp_path, run):
    other = Authority(tmp_path / "other", name="Other")
    status, said = refused(case, other, authority, run)
    assert (status, said) == (1, "No given authority stands behind the time stamp of CN=Other.\n")
    stamp(case, authority, run)
    status, said = run("verify", case, "--authority", other.certificate)
    assert status == 1
    assert "No given authority stands behind the time stamp of CN=Test authority." in said


def test_a_certificate_that_was_out_of_date_then_proves_nothing(case, tmp_path, run):
    old = Authority(tmp_path / "old", name="Old", days=(-400, -10))
    status, said = refused(case, old, old, run)
    assert (status, said) == (
        1,
        "The certificate of CN=Old did not count when it made the time stamp.\n",
    )


def test_a_certificate_that_goes_out_of_date_later_still_proves_it(case, tmp_path, run):
    brief = Authority(tmp_path / "brief", name="Brief", days=(-400, 2 / 86400))
    stamp(case, brief, run)
    time.sleep(2.5)
    assert run("verify", case, "--authority", brief.certificate)[0] == 0


def refused(case, authority, trusted, run):
    request, answer = case.parent / "it.tsq", case.parent / "it.tsr"
    assert run("case", "stamp", case, "--request", request)[0] == 0
    authority.answer(request, answer)
    before = (case / "audit.jsonl").read_bytes()
    told = run("case", "stamp", case, "--token", answer, "--authority", trusted.certificate)
    assert (case / "audit.jsonl").read_bytes() == before
    return told


def test_a_token_of_another_head_is_refused(case, decided, authority, tmp_path, run):
    other = copied(decided, tmp_path / "longer").folder
    open_case(other).note(actor=user(), what="Looked")
    stamp(other, authority, run)
    told = ["--token", tmp_path / "it.tsr", "--authority", authority.certificate]
    words = "The time stamp is of no line that this trail had before it.\n"
    assert run("case", "stamp", case, *told) == (1, words)


def test_no_altered_token_is_taken_for_the_one_that_was_given(case, authority, tmp_path, run):
    request, answer = tmp_path / "it.tsq", tmp_path / "it.tsr"
    run("case", "stamp", case, "--request", request)
    whole = authority.answer(request, answer).read_bytes()
    opened, trusted = open_case(case), read_authorities(authority.certificate)
    proven = 0
    for place in range(0, len(whole), 23):
        bent = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        try:
            kept = keep_stamp(opened, bent, trusted, by=user())
        except CaseError:
            assert open_case(case).head == opened.head
            continue
        proven += 1  # a bit that no signature covers says nothing either
        (found,) = stamps(kept, trusted)
        assert (found.line, found.by) == (len(opened.history), "CN=Test authority")
        (case / "audit.jsonl").write_bytes(
            b"".join(to_line(entry.to_json()) for entry in opened.history)
        )
    assert proven < len(whole) / 23 / 10


@pytest.mark.parametrize("content", [b"", b"no token", b"\x30\x80" * 5000, bytes(100)])
def test_what_is_no_token_is_refused_in_a_sentence(case, authority, tmp_path, content, run):
    (tmp_path / "x.tsr").write_bytes(content)
    told = ["--token", tmp_path / "x.tsr", "--authority", authority.certificate]
    status, said = run("case", "stamp", case, *told)
    assert (status, said) == (1, "This is no time stamp as RFC 3161 has them.\n")


def test_lines_that_are_dated_against_a_time_stamp_are_said(stamped, authority, run):
    it = Forger(stamped)
    it.add(it.state(), name="root", what="Looked")
    it.lines[-1]["when"] = "2020-01-01T00:00:00+00:00"
    it.save()
    status, said = run("verify", stamped, "--authority", authority.certificate)
    assert status == 0
    assert f"Entry {len(it.lines)} is dated before the time stamp that it follows." in said


def test_a_trail_rewritten_under_its_time_stamp_is_found(stamped, authority, run):
    it = Forger(stamped)
    it.lines[0]["when"] = "2020-01-01T00:00:00+00:00"
    it.save()
    assert run("verify", stamped, "--authority", authority.certificate)[0] == 1


def test_what_stands_in_place_of_a_token_is_found(stamped, run):
    it = Forger(stamped)
    it.lines[-1]["stamp"] = base64.b64encode(b"none").decode()
    it.save()
    status, said = run("verify", stamped)
    assert status == 1
    assert "no time stamp as RFC 3161 has them" in said


def test_a_certificate_that_is_none_is_refused(case, tmp_path, run):
    (tmp_path / "no.pem").write_text("none")
    status, said = run("verify", case, "--authority", tmp_path / "no.pem")
    assert (status, "holds no certificate" in said) == (1, True)


def test_a_request_or_an_answer_is_asked_for(case, run):
    assert run("case", "stamp", case)[0] == 2
