"""Prompts over real HTTP: where masks lie, what leaves the machine, and every refusal."""

import json
import os
import socket
import subprocess
import sys
import time
from threading import Event, Timer

import numpy as np
import pytest
from liverplan_nninteractive import Click, Conversation, Stroke, read_settings

from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import BackendError, CancelledError
from liverplan.phantom import make_phantom
from liverplan.segmentation import find_segmenters
from liverplan.segmentation.backends import segment_with

NAME = "nninteractive"
VARIABLE = "LIVERPLAN_NNINTERACTIVE"
LIVER = ("liver", "click", (12, 7, 25))


def test_it_is_found_says_what_it_lacks_and_asks_nobody(server, monkeypatch):
    segmenter = find_segmenters()[NAME]
    assert segmenter.missing() == []
    assert server.heard == []
    monkeypatch.delenv(VARIABLE)
    assert segmenter.missing()[0].startswith(f"the environment variable {VARIABLE} ")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("", "127.0.0.1:1527", "an address like http://127.0.0.1:1527 in"),
        ("", "ftp://127.0.0.1", "not 'ftp://127.0.0.1'"),
        ("", "http://127.0.0.1:port", "not 'http://127.0.0.1:port'"),
        ("", "http://10.0.0.7:1527", "leave to send a CT to another machine (10.0.0.7)"),
        ("", "http://localhost.example", "leave to send a CT to another machine"),
        ("_TIMEOUT_S", "soon", "a number of seconds in"),
        ("_PROMPTS", "/absent/prompts.toml", "/absent/prompts.toml cannot be read"),
    ],
)
def test_what_is_set_wrong_is_said_before_anything_is_sent(
    server, ct, monkeypatch, variable, value, words
):
    monkeypatch.setenv(VARIABLE + variable, value)
    assert words in find_segmenters()[NAME].missing()[0]
    with pytest.raises(BackendError) as refusal:
        segment_with(NAME, ct)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert server.heard == []


@pytest.mark.parametrize("url", ["http://10.0.0.7:1527", "https://gpu.hospital.example"])
def test_another_machine_needs_leave(url, monkeypatch):
    monkeypatch.setenv(VARIABLE, url)
    monkeypatch.setenv(f"{VARIABLE}_REMOTE", "yes")
    assert find_segmenters()[NAME].missing() != []
    monkeypatch.setenv(f"{VARIABLE}_REMOTE", "allowed")
    assert find_segmenters()[NAME].missing() == []
    assert read_settings().is_remote


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.9:1", "http://[::1]:1"])
def test_this_machine_needs_none(url, monkeypatch):
    monkeypatch.setenv(VARIABLE, url)
    assert find_segmenters()[NAME].missing() == []


def test_clicks_boxes_and_strokes_land_on_their_voxels(server, ct, write_prompts):
    write_prompts(
        LIVER,
        ("lesion 2", "box", [(11, 20, 28), (11, 25, 35)]),
        ("lesion 1", "stroke", [(7, 9, 11), (7, 12, 17), (7, 14, 18)]),
        ("liver", "click", (6, 12, 46)),
        ("liver", "click", (5, 9, 45), "outside"),
    )
    told = []
    result = segment_with(NAME, ct, progress=lambda f, words: told.append((f, words)))
    first, second = np.zeros(ct.hu.shape, bool), np.zeros(ct.hu.shape, bool)
    first[5:9, 8:16, 10:20] = second[10:13, 20:26, 28:36] = True
    assert np.array_equal(result.lesions[0], first)
    assert np.array_equal(result.lesions[1], second)
    liver = np.zeros(ct.hu.shape, bool)
    liver[3:15, 5:30, 8:40] = True
    assert np.array_equal(result.mask, liver)
    assert server.heard.count("upload_image") == 1
    assert server.heard.count("upload_segment") == 3
    assert told[0] == (0.0, "Asking nnInteractive for the liver")
    assert [fraction for fraction, _ in told] == [0.0, 0.2, 0.4, 0.6, 0.8]


def test_the_case_can_tell_how_it_was_made(server, ct, write_prompts):
    write_prompts(LIVER)
    result = segment_with(NAME, ct)
    made = result.provenance
    assert (made.method, made.quality) == ("nnInteractive", "automatic")
    assert made.parameters["prompts"] == "1 (prompts.toml)"
    assert made.parameters["server"] == "this machine"
    assert "CC BY-NC-SA" in made.parameters["licence"]
    assert result.warnings == ("nnInteractive was asked for no metastases: mark them.",)


def test_only_grey_values_leave_and_only_to_the_address(server, ct, write_prompts, monkeypatch):
    """A proxy that is set for everything else gets nothing: it would not answer."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    write_prompts(LIVER)
    segment_with(NAME, ct)
    assert np.array_equal(server.image, ct.hu)
    assert not any("Authorization" in headers for headers in server.headers_heard)


def test_a_conversation_goes_on_prompt_by_prompt(server, ct):
    talk = Conversation(ct, read_settings())
    assert server.heard == []
    liver = talk.say(Click(point_mm=tuple(ct.grid.to_mm((12, 7, 25)))))
    both = talk.say(Click(point_mm=tuple(ct.grid.to_mm((6, 12, 46)))))
    assert np.count_nonzero(both & ~liver) == 5 * 10 * 5
    spleen = tuple(tuple(ct.grid.to_mm(v)) for v in ((6, 10, 46), (6, 15, 46)))
    assert np.array_equal(talk.say(Stroke(points_mm=spleen, says="outside")), liver)
    talk.start_over()
    assert not server.object.any()
    assert server.heard.count("upload_image") == 1


def test_without_prompts_one_click_lands_in_the_middle_of_the_liver(server):
    phantom = make_phantom(spacing_mm=(5.0, 2.5, 2.5), seed=3)
    result = segment_with(NAME, phantom.volume)
    assert server.heard == ["upload_image", "upload_segment", "add_point_interaction"]
    assert (result.mask & phantom.segmentation.liver).any()
    assert "one click, by the built-in method" in result.warnings[0]


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ((500, b"CUDA out of memory"), "refused upload_image (status 500): CUDA out of memory"),
        ((404, b"{}"), "is no nnInteractive server (it knows no upload_image)"),
        ((302, b"", {"Location": "http://127.0.0.1:9/"}), "(status 302): it said nothing"),
        ((200, b'{"status":"error","message":"No image uploaded"}'), "No image uploaded"),
    ],
)
def test_each_failure_is_one_sentence(server, ct, write_prompts, instead, words):
    write_prompts(LIVER)
    server.say_instead = instead
    with pytest.raises(BackendError) as refusal:
        segment_with(NAME, ct)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_mask_of_another_size_is_refused(server, ct):
    talk = Conversation(ct, read_settings())
    talk.start_over()
    server.object = np.ones((2, 2, 2), bool)
    server.say_instead = (200, b"\xff", {"Content-Type": "application/octet-stream"})
    with pytest.raises(BackendError, match="answered 1 bytes, not a mask of 20 x 40 x 50 voxels"):
        talk.say(Click(point_mm=tuple(ct.grid.to_mm((12, 7, 25)))))


def test_where_nothing_listens_one_sentence_says_so(server, ct, write_prompts, monkeypatch):
    write_prompts(LIVER)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv(VARIABLE, url)
        with pytest.raises(BackendError, match=f"^No nnInteractive server answers at {url}.$"):
            segment_with(NAME, ct)


def test_a_server_that_never_answers_is_given_up(server, ct, write_prompts, monkeypatch):
    write_prompts(LIVER)
    monkeypatch.setenv(f"{VARIABLE}_TIMEOUT_S", "0.2")
    server.delay_s = 2.0
    with pytest.raises(BackendError, match="did not answer upload_image in time"):
        segment_with(NAME, ct)


def test_the_user_need_not_wait(server, ct, write_prompts):
    write_prompts(LIVER)
    server.delay_s = 30.0
    stop, start = Event(), time.monotonic()
    Timer(0.3, stop.set).start()
    with pytest.raises(CancelledError):
        segment_with(NAME, ct, cancel=stop)
    assert time.monotonic() - start < 20


def test_prompts_that_find_nothing_or_lie_outside_are_refused(server, ct, write_prompts):
    write_prompts(
        LIVER, ("lesion 3", "click", (12, 7, 25)), ("lesion 3", "click", (12, 7, 25), "outside")
    )
    with pytest.raises(BackendError, match="found no lesion 3 at its prompts"):
        segment_with(NAME, ct)
    write_prompts(LIVER, ("lesion 1", "click", (300, 0, 0)))
    with pytest.raises(BackendError, match=r"A prompt at \(.*\) mm lies outside the CT"):
        segment_with(NAME, ct)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('schema = "liverplan.prompts/2"', 'must say schema = "liverplan.prompts/1"'),
        ("= =", "is no valid TOML"),
        ('of = "liver"\nclick = [1, 2]', "prompt 1: [1, 2] is not a point of three numbers"),
        ('of = "liver"\nclick = [1, 2, nan]', "is not a point of three numbers"),
        ('of = "liver"\nbox = [[1, 2, 3]]', "a box is a list of 2 points"),
        ('of = "liver"\nstroke = [[1, 2, 3]]', "a stroke is a list of 2 or more points"),
        ('of = "spleen"\nclick = [1, 2, 3]', '\'of\' must be "liver" or like "lesion 1"'),
        ('of = "liver"\nclick = [1, 2, 3]\ncolour = 1', "must hold 'of' and one of click, box"),
        ('of = "liver"', "must hold 'of' and one of click, box, stroke"),
        ('of = "liver"\nclick = [1, 2, 3]\nsays = "no"', '\'says\' must be "inside" or "outside"'),
        ('of = "liver"\nclick = [1, 2, 3]\nsays = "outside"', "only what is outside of liver"),
        ('of = "lesion 1"\nclick = [1, 2, 3]', 'holds no prompt of "liver"'),
    ],
)
def test_a_faulty_file_of_prompts_is_refused_in_words(server, tmp_path, monkeypatch, rows, words):
    path = tmp_path / "prompts.toml"
    head = (
        "" if "schema" in rows or "= =" in rows else 'schema = "liverplan.prompts/1"\n[[prompt]]\n'
    )
    path.write_text(head + rows, "utf-8")
    monkeypatch.setenv(f"{VARIABLE}_PROMPTS", str(path))
    (lacking,) = find_segmenters()[NAME].missing()
    assert words in lacking


def test_the_command_line_uses_it(server, tmp_path, monkeypatch):
    phantom = make_phantom(spacing_mm=(6.0, 3.0, 3.0), seed=6)
    write_ct_series(phantom.volume, tmp_path / "ct")
    grid, labels = phantom.segmentation.grid, phantom.segmentation.labels
    tissue = np.argwhere(labels == 1)
    x, y, z = grid.to_mm(tissue[len(tissue) // 2])
    (tmp_path / "prompts.toml").write_text(
        f'schema = "liverplan.prompts/1"\n[[prompt]]\nof = "liver"\nclick = [{x}, {y}, {z}]\n'
    )
    monkeypatch.setenv(f"{VARIABLE}_PROMPTS", str(tmp_path / "prompts.toml"))
    command = [sys.executable, "-m", "liverplan", "assess", tmp_path / "ct", "--json"]
    options = ["--out", tmp_path / "case", "--backend", NAME]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["volumes_ml"]["liver"] > 0


def test_its_absence_is_one_sentence_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    phantom = make_phantom(spacing_mm=(8.0, 4.0, 4.0), seed=6)
    write_ct_series(phantom.volume, tmp_path / "ct")
    command = [sys.executable, "-m", "liverplan", "segment", tmp_path / "ct"]
    options = ["--out", tmp_path / "labels.nii.gz", "--backend", NAME]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"lacks the environment variable {VARIABLE}" in done.stderr
