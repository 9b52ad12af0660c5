"""The register beside many cases: what it finds that no case can tell of itself."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from liverplan.case import CaseState, create_case, note, open_case, read_register, register_beside
from liverplan.errors import CaseError
from liverplan.workflow import verify_case
from liverplan.workflow.cases import user
from tests.benchmarks.tampering.forger import Forger, copied


@pytest.fixture
def noted(tampered, tmp_path):
    """A copy of a decided case beside a register that noted it after every line but the first."""
    folder = copied(tampered.case.folder, tmp_path / "case").folder
    note(tmp_path / "register.jsonl", [open_case(folder)])
    return folder


@pytest.fixture
def register(noted):
    return noted.parent / "register.jsonl"


def verify(folder, **options):
    try:
        return " ".join(verify_case(folder, **options))
    except CaseError as fault:
        return str(fault)


def test_it_lies_beside_the_case_or_one_folder_up(noted, register):
    assert register_beside(noted) == register
    deeper = noted.parent / "cases" / "one"
    shutil.copytree(noted, deeper)
    assert register_beside(deeper) == register


def test_a_case_as_noted_verifies_and_says_where_the_register_ends(noted, register):
    assert f"Register: {register.resolve()} ends in {read_register(register).head}" in verify(noted)


@pytest.mark.parametrize("count", [1, 3])
def test_a_case_that_was_rolled_back_is_found(noted, register, count):
    Forger(noted).drop(count, orphans=False)
    assert "its trail ended in" in verify(noted)
    assert "its trail ended in" in verify(noted, register=register)
    assert len(read_register(register).lines) == 1


def test_a_case_in_another_ones_place_is_found(noted):
    shutil.rmtree(noted)
    create_case(noted, state=CaseState(), actor=user(), what="Made anew")
    assert "another case lay at case" in verify(noted)
    with pytest.raises(CaseError, match="another case lay at case"):
        verify_case(noted.parent / "case", register=noted.parent / "register.jsonl")


def test_a_case_that_nobody_noted_is_missing_until_it_is_entered(noted, register):
    stranger = noted.parent / "another"
    create_case(stranger, state=CaseState(), actor=user(), what="Made")
    assert "knows no such case" in verify(stranger)
    assert verify(stranger, enter=True).endswith("(2 lines).")
    assert "Its trail ends in" in verify(stranger)


def test_a_register_that_is_named_notes_each_new_end_once(noted, register):
    verify(noted, register=register)
    assert len(read_register(register).lines) == 1
    open_case(noted).note(actor=user(), what="Looked")
    verify(noted)
    assert len(read_register(register).lines) == 1
    verify(noted, register=register)
    assert len(read_register(register).lines) == 2


def changed(register: Path, number: int, **values):
    lines = register.read_text("utf-8").splitlines()
    document = json.loads(lines[number]) | values
    lines[number] = json.dumps(document, sort_keys=True, separators=(",", ":"))
    register.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"head": "0" * 64}, "does not match its hash"),
        ({"when": "2020-01-01T00:00:00+00:00"}, "does not match its hash"),
        ({"entries": "9"}, "is none of a register"),
        ({"more": 1}, "is none of a register"),
    ],
)
def test_a_line_that_was_edited_is_named(noted, register, values, words):
    changed(register, 0, **values)
    assert words in verify(noted)


def test_a_register_that_was_cut_off_or_replaced_lacks_the_line_that_a_table_names(noted, register):
    note(register, [open_case(noted).note(actor=user(), what="Looked")])
    head = read_register(register).head
    assert "Its trail ends" in verify(noted, register_head=head)
    lines = register.read_bytes().splitlines(keepends=True)
    register.write_bytes(lines[0])
    assert "Its trail ends" in verify(noted)
    assert "lines were taken away or rewritten" in verify(noted, register_head=head)
    register.unlink()
    note(register, [open_case(noted)])
    assert "lines were taken away or rewritten" in verify(noted, register_head=head.split()[0])
    register.unlink()
    assert "No register lies beside" in verify(noted, register_head=head)


def test_what_an_interrupted_writer_left_of_a_line_is_taken_away_by_the_next(noted, register):
    whole = register.read_bytes()
    register.write_bytes(whole + whole[: len(whole) // 2])
    assert "is none of a register" in verify(noted)
    note(register, [open_case(noted)])
    assert register.read_bytes() == whole


def test_many_writers_at_once_lose_nothing(tampered, noted, register):
    folders = [copied(noted, noted.parent / f"copy {n}").folder for n in range(4)]

    def work(folder):
        for _ in range(5):
            note(register, [open_case(folder).note(actor=user(), what="Looked")])

    for folder in folders:  # copies are one case: each writes its own register's lines
        identity = folder / "case.json"
        identity.write_bytes(
            identity.read_bytes().replace(b'"id": "', b'"id": "' + folder.name[-1:].encode())
        )
    threads = [threading.Thread(target=work, args=[folder]) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = read_register(register).lines
    assert len(lines) == 1 + 4 * 5
    assert {line.case for line in lines} == {open_case(f).identity for f in [noted, *folders]}
