"""Exit statuses: one table, told by --help and by the page on them."""

from pathlib import Path

import pytest

from liverplan.cli import main
from liverplan.cli.exits import MEANINGS, Exit

PAGE = Path(__file__).parents[1] / "docs" / "exit_codes.md"


def test_each_status_has_its_meaning():
    assert set(MEANINGS) == set(Exit)


def test_help_lists_every_status(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    for status, words in MEANINGS.items():
        assert f"{status.value:>3}  {words}\n" in out


def test_the_page_lists_every_status():
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    expected = [f"| {status.value} | {words} |" for status, words in MEANINGS.items()]
    assert rows[1:] == expected


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--version"], Exit.DONE),
        (["measure", "absent"], Exit.REFUSED),
        (["measure"], Exit.USAGE),
        (["nothing"], Exit.USAGE),
    ],
)
def test_commands_end_as_the_table_says(arguments, status):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert (stop.value.code or 0) == status


def test_ctrl_c_ends_a_command_as_the_table_says(monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("liverplan.cli.settings.settings_path", interrupt)
    with pytest.raises(SystemExit) as stop:
        main(["settings"])
    assert stop.value.code == Exit.INTERRUPTED
