"""The conformance statement says what the code does: its tables against the code's."""

import re
from pathlib import Path

import pytest
from pydicom.uid import UID

from liverplan import anatomy
from liverplan.cli import case as commands
from liverplan.dicom import basic_profile, outgoing, seg_write, sr_groups
from liverplan.dicom.deidentify import Rules, deidentify
from liverplan.dicom.header import COMPRESSED, NATIVE
from liverplan.dicom.seg_read import SEG_CLASSES
from liverplan.dicom.slices import CT_CLASSES, ENHANCED_CLASSES

PAGE = Path(__file__).parents[2] / "docs/dicom_conformance.md"


def rows(heading):
    """Cells of the table under a heading, without its head."""
    _, _, after = PAGE.read_text("utf-8").partition(f"# {heading}\n")
    section = re.split(r"\n#+ ", after)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    assert lines, heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_sop_classes_that_are_read():
    found = {uid for _, uid, _ in rows("2.1 Read")}
    assert found == {*SEG_CLASSES, *CT_CLASSES, *ENHANCED_CLASSES}


def test_sop_classes_that_are_written_and_their_series():
    table = rows("2.2 Written")
    assert {uid for _, uid, _, _ in table} == basic_profile.OWN_CLASSES
    assert all(UID(uid).name == name for name, uid, _, _ in table)
    numbers = [int(n) for row in table for n in row[3].split(", ")]
    assert sorted(numbers) == sorted(outgoing.SERIES_NUMBERS.values())
    segs = re.findall(r"`(\w+)\.dcm`", table[0][2])
    assert set(segs) == set(seg_write.CONTENTS)


def test_transfer_syntaxes():
    assert {uid for _, uid in rows("3 Transfer syntaxes")} == NATIVE | COMPRESSED


def test_codes():
    structures = [
        anatomy.LIVER, anatomy.METASTASIS, anatomy.PORTAL_VEIN, anatomy.HEPATIC_VEINS,
        anatomy.CUT_SURFACE, *anatomy.COUINAUD.values(),
    ]  # fmt: skip
    concepts = [
        sr_groups.VOLUME, sr_groups.LONG_AXIS, sr_groups.SHORT_AXIS, sr_groups.VOLUME_RATIO,
        sr_groups.DISTANCE, sr_groups.THRESHOLD, sr_groups.COMMENT, sr_groups.CONCLUSION,
    ]  # fmt: skip
    ours = [[s.kind.meaning, s.kind.value, s.kind.scheme] for s in structures]
    ours += [[c.meaning, c.value, c.scheme_designator] for c in concepts]
    assert sorted(row[:3] for row in rows("2.4 Codes of what is written")) == sorted(ours)


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        ((), Rules()),
        (("--keep-characteristics",), Rules(retain_characteristics=True)),
        (("--shift-days",), Rules(shift_days=1)),
    ],
)
def test_options_of_de_identification(make, options, rules):
    series = make()
    clean = deidentify(series.dataset(0, series.places()[0]), rules)
    table = {row[2].strip("`"): row[:2] for row in rows("8 Security and privacy")}
    wanted = [table[name] for name in ("--deidentify", *options)]
    done = clean.DeidentificationMethodCodeSequence
    assert [[item.CodeMeaning, item.CodeValue] for item in done] == wanted
    text = Path(commands.__file__).read_text("utf-8")
    assert all(option.strip("-").replace("-", "_") in text for option in options)
