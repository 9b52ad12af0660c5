"""Shells complete commands, options and names."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from liverplan.cli import main

RC = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/completions/liverplan.fish",
}


ASKED = {
    "bash": "COMP_WORDS=(liverplan ass) COMP_CWORD=1; _liverplan_completion liverplan; "
    'echo "${COMPREPLY[@]}"',
    "fish": 'complete -C "liverplan ass"',
}
"""How a shell is asked without a person at the keyboard."""


@pytest.fixture
def ask(monkeypatch, capsys):
    """What the program prints for a shell."""
    monkeypatch.setattr(sys, "argv", ["liverplan"])

    def asked(shell, line=None):
        with monkeypatch.context() as patch:
            verb = "source" if line is None else "complete"
            patch.setenv("_LIVERPLAN_COMPLETE", f"{verb}_{shell}")
            patch.setenv("_TYPER_COMPLETE_ARGS", line or "")
            patch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
            patch.setenv("COMP_WORDS", line or "")
            patch.setenv("COMP_CWORD", str(len((line or "").split(" ")) - 1))
            with pytest.raises(SystemExit):
                main([])
        return capsys.readouterr().out

    return asked


@pytest.mark.parametrize("shell", RC)
def test_each_shell_is_offered_commands(ask, shell):
    assert "assess" in ask(shell, "liverplan ass")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("liverplan committee gr", "growth"),
        ("liverplan assess ct --prot", "--protocol"),
        ("liverplan assess ct --protocol bre", "breclim2"),
        ("liverplan report case --language s", "sv"),
        ("liverplan segment ct --backend cl", "classical"),
    ],
)
def test_options_and_names_are_offered(ask, line, offered):
    assert offered in ask("bash", line).split()


def test_archives_are_offered_by_name_and_a_faulty_configuration_offers_none(ask, monkeypatch):
    monkeypatch.setattr("liverplan.dicom.archive_names", lambda: ["main", "side"])
    assert ask("bash", "liverplan pacs find ma").split() == ["main"]
    monkeypatch.undo()
    monkeypatch.setattr(sys, "argv", ["liverplan"])
    monkeypatch.setenv("LIVERPLAN_PACS", "absent.toml")
    assert ask("bash", "liverplan pacs find ma").split() == []


@pytest.mark.parametrize("shell", ASKED)
def test_the_script_of_each_shell_completes_there(ask, shell, tmp_path):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    tool = tmp_path / "liverplan"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m liverplan "$@"\n', "utf-8")
    tool.chmod(0o755)
    place = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    script = f"{ask(shell)}\n{ASKED[shell]}\n"
    done = subprocess.run(
        [program], input=script, env=place, cwd=Path(__file__).parents[1],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.split()[:1] == ["assess"]


def test_the_script_for_zsh_asks_the_program_and_is_sound(ask):
    script = ask("zsh")
    assert "_LIVERPLAN_COMPLETE=complete_zsh liverplan" in script
    assert "compdef _liverplan_completion liverplan" in script
    if program := shutil.which("zsh"):
        subprocess.run([program, "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("shell", RC)
def test_completion_is_installed_for_each_shell(shell, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "argv", ["liverplan"])
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(["--install-completion", shell])
    assert not stop.value.code
    assert f"{shell} completion installed" in capsys.readouterr().out
    assert (tmp_path / RC[shell]).is_file()
