"""What people write has a length; more is refused in one sentence, and nothing is cut short."""

import pytest

from liverplan import case as cases
from liverplan.case import Actor
from liverplan.errors import CaseError, InputError, ProtocolError, SegmentationError
from liverplan.plain import LONGEST_NAME, LONGEST_TEXT, unfit_name, unfit_text
from liverplan.segmentation import Provenance
from liverplan.workflow.people import make_roster

NAME, TEXT = "Å" * LONGEST_NAME, "ö" * LONGEST_TEXT


def test_what_fits_is_not_refused():
    assert unfit_name(NAME) == unfit_text(TEXT, "The reason") == ""


def test_more_than_is_kept_is_said_with_both_numbers():
    assert unfit_name(f"{NAME}x") == "The name has 64 characters, and at most 63 are kept."
    assert unfit_text(f"{TEXT}x", "The reason") == (
        "The reason has 2,001 characters, and at most 2,000 are kept."
    )


def test_what_is_no_unicode_is_refused():
    assert unfit_text("p\udcff", "The reason") == "The reason is no text in Unicode."


@pytest.mark.parametrize(("name", "why"), [(f"{NAME}x", ""), ("Lind", f"{TEXT}x"), ("\udcff", "")])
def test_no_line_of_a_trail_is_longer(name, why, tmp_path):
    with pytest.raises(CaseError, match=r"at most|Unicode"):
        cases.create_case(
            tmp_path / "case",
            state=cases.CaseState(),
            actor=Actor(name=name, kind="human"),
            what="Opened",
            why=why,
        )
    assert not (tmp_path / "case" / "audit.jsonl").exists()


def test_who_accepts_a_mask_has_a_name_that_can_be_kept():
    made = Provenance(method="x", version="1", origin="given")
    assert made.accepted_as(NAME).accepted_by == NAME
    with pytest.raises(SegmentationError, match="at most 63"):
        made.accepted_as(f"{NAME}x")


def test_a_roster_s_names_can_be_kept(tmp_path):
    key = tmp_path / "k.pem"
    cases.new_key(key)
    with pytest.raises(InputError, match="at most 63"):
        make_roster(tmp_path / "r", [f"{NAME}x;surgeon;k.pub;2026-01-01"], key)


def test_a_patient_s_file_says_which_of_its_texts_is_too_long(tmp_path):
    from liverplan.eligibility import load_patient, load_protocol

    file = tmp_path / "p.toml"
    file.write_text(f'[facts.consent]\nvalue = true\nby = "A"\nnote = "{TEXT}x"\n', "utf-8")
    with pytest.raises(ProtocolError, match="note' is a text which has 2,001 characters"):
        load_patient(file, protocol=load_protocol())
