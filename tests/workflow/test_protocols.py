"""Whoever writes a protocol sees what it is judged by, and overwrites nothing."""

import pytest

from liverplan import workflow
from liverplan.errors import InputError, LiverplanError


def test_a_copy_is_the_same_protocol_and_shows_the_limit_that_was_changed(tmp_path):
    copy = workflow.copy_protocol("breclim2", tmp_path / "ours.toml")
    assert list(workflow.protocol_lines(str(copy))) == list(workflow.protocol_lines("breclim2"))
    copy.write_text(copy.read_text("utf-8").replace("above = 0.30", "above = 0.40"), "utf-8")
    said = next(line for line in workflow.protocol_lines(str(copy)) if line.startswith("  flr "))
    assert "above 40 %" in said


def test_a_copy_never_replaces_a_file(tmp_path):
    workflow.copy_protocol("breclim2", tmp_path / "ours.toml")
    with pytest.raises(InputError, match="is there already"):
        workflow.copy_protocol("breclim2", tmp_path / "ours.toml")


def test_where_nothing_can_be_copied_nothing_is_left_and_one_sentence_says_why(tmp_path):
    with pytest.raises(InputError, match=r"cannot be written: No such file or directory\.$"):
        workflow.copy_protocol("breclim2", tmp_path / "absent" / "ours.toml")
    with pytest.raises(LiverplanError):
        workflow.copy_protocol("nosuch", tmp_path / "ours.toml")
    assert list(tmp_path.iterdir()) == []
