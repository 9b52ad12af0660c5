"""Whatever a command is given or finds, nothing that it prints acts on a terminal."""

import ast
import contextlib
import io
import sys
from pathlib import Path

import pydicom
import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import liverplan.cli
from liverplan.cli import app, main
from liverplan.cli.output import plain_streams, say, tell
from tests.plain.texts import HOSTILE, forbidden

LONG_OR_WINDOW = {("app",), ("demo",), ("sample",), ("doctor",)}
"""Commands that make something of their own from any name, or need a screen."""

FILES = [text.replace("/", "|") for text in HOSTILE.values()]
"""Hostile texts that are names of files as well."""


def commands(group=None, path=()):
    """Every command of the program, as its words and its parameters."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command.params


EVERY = {words: params for words, params in commands() if words not in LONG_OR_WINDOW}


def arguments_of(words, text):
    """Return the command with this text wherever something has to be said."""
    given_ = [*words]
    for parameter in EVERY[words]:
        if parameter.param_type_name == "argument":
            given_.append(text)
        elif parameter.required:
            given_ += [parameter.opts[0], text]
    return given_


def printed(*arguments):
    """Run a command; give all that it printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        with pytest.raises(SystemExit):
            main([str(one) for one in arguments])
        assert "Traceback" not in err.getvalue()
    return out.getvalue() + err.getvalue()


def acts(text):
    return forbidden(text.replace("\n", "")) - {"\u200c", "\u200d"}


def test_every_command_is_tried():
    assert len(EVERY) > 20
    assert ("committee", "vote") in EVERY


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_refusal_shows_what_it_refuses_and_obeys_none_of_it(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = printed(*arguments_of(words, "x" + "".join(FILES)[:80]))
    assert acts(said) == set()


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    words=st.sampled_from(sorted(EVERY)),
    text=st.text(st.sampled_from(sorted(set("".join(FILES)) | {"Å", "肝", "'"})), max_size=20),
)
def test_no_command_prints_a_character_that_acts(words, text):
    with contextlib.chdir(Path(__file__).parent / "plain"):
        assert acts(printed(words[0], f"--{text}")) == set()
        assert acts(printed(*words, f"no such {text}")) == set()


def test_a_header_s_text_adds_no_line_and_no_colour(small, tmp_path):
    for number, path in enumerate(sorted(small.ct.rglob("*.dcm"))):
        dataset = pydicom.dcmread(path)
        dataset.SpecificCharacterSet = "ISO_IR 192"
        dataset.SeriesDescription = "Liver\x1b[2J\u202e\nusable"
        dataset.PatientName = "Lind\x1b[31m"
        dataset.save_as(tmp_path / f"{number}.dcm")
    said = printed("series", tmp_path)
    assert acts(said) == set()
    assert r"Liver\x1b[2J\u202e" in said
    assert not [line for line in said.splitlines() if line.startswith("usable")]


def test_what_others_write_to_the_streams_is_cleaned_as_well():
    out, err = io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), plain_streams():
        sys.stdout.write("one\ntwo\x1b[2J\n")
        tell("three\nfour")
        say("Åsa 肝")
        err.flush()
    assert out.getvalue() == "one\ntwo\\x1b[2J\nthree\\nfour\n"
    assert err.buffer.getvalue() == b"\\xc5sa \\u809d\n"


def test_commands_print_only_through_the_room_s_own_verbs():
    loose = [
        (path.name, node.lineno)
        for path in sorted(Path(liverplan.cli.__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("typer.echo", "print", "typer.secho", "sys.stdout.write")
    ]
    assert loose == []
