"""What is pointed at in liverplan, outlined by a server from prompt to prompt."""

import os
import subprocess
import sys
from threading import Event

import numpy as np
import pytest
from liverplan_nninteractive import Settings

from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import BackendError, CancelledError, SegmentationError
from liverplan.phantom import make_phantom
from liverplan.segmentation import (
    Prompt,
    find_prompters,
    find_vessel_prompters,
    follow_with,
    outline_with,
    read_mask_file,
    segment_with,
)
from liverplan.volume import Volume
from liverplan.words import in_english

NAME = "nninteractive"
VARIABLE = "LIVERPLAN_NNINTERACTIVE"


@pytest.fixture(scope="module")
def liver(ct):
    mask = np.zeros(ct.hu.shape, bool)
    mask[3:15, 5:30, 8:40] = True
    return mask


def at(ct, *voxel):
    return tuple(ct.grid.to_mm(voxel).tolist())


def lesion(ct, *sides):
    mask = np.zeros(ct.hu.shape, bool)
    mask[sides] = True
    return mask


FIRST = np.s_[5:9, 8:16, 10:20]
SECOND = np.s_[10:13, 20:26, 28:36]


def prompts(ct):
    long = at(ct, 7, 9, 11), at(ct, 7, 14, 18)
    short = at(ct, 7, 13, 11), at(ct, 7, 9, 17)
    box = at(ct, 10, 20, 28), at(ct, 12, 25, 35)
    return {
        "click": (Prompt(click_mm=at(ct, 7, 12, 15)), FIRST),
        "axes": (Prompt(long_axis_mm=long, short_axis_mm=short), FIRST),
        "box in three dimensions": (Prompt(box_mm=box), SECOND),
    }


@pytest.mark.parametrize("how", ["click", "axes", "box in three dimensions"])
def test_each_prompt_outlines_what_it_means(server, ct, liver, how):
    prompt, sides = prompts(ct)[how]
    found = outline_with(NAME, ct, liver, prompt)
    assert np.array_equal(found.mask, lesion(ct, *sides))
    made = found.provenance
    assert (made.method, made.origin, made.accepted_by) == ("nnInteractive", "clicks", "")
    assert found.warnings == ()


def test_a_click_in_a_vessel_is_followed(server, ct, liver):
    assert NAME in find_vessel_prompters()
    found = follow_with(NAME, ct, liver, np.array(at(ct, 7, 12, 15)))
    assert np.array_equal(found.mask, lesion(ct, *FIRST))
    assert found.provenance.method == "nnInteractive"


def test_grey_values_that_left_the_machine_are_told_with_the_lesion(server, ct, liver, monkeypatch):
    monkeypatch.setattr(Settings, "is_remote", True)
    found = outline_with(NAME, ct, liver, prompts(ct)["click"][0])
    (said,) = map(in_english, found.warnings)
    assert said == f"The CT's grey values went to {server.url} without encryption."
    assert found.provenance.parameters["server"] == "another machine"


def test_what_is_denied_is_told_as_outside(server, ct, liver):
    prompt = Prompt(click_mm=at(ct, 7, 12, 15), not_lesion_mm=(at(ct, 11, 22, 30),))
    outline_with(NAME, ct, liver, prompt)
    assert server.heard.count("add_point_interaction") == 2
    nothing = Prompt(click_mm=at(ct, 7, 12, 15), not_lesion_mm=(at(ct, 7, 12, 16),))
    with pytest.raises(SegmentationError, match="found nothing in the liver at this place"):
        outline_with(NAME, ct, liver, nothing)


def test_the_ct_goes_once_to_a_server_that_keeps_it_for_us(official, ct, liver):
    for prompt, sides in prompts(ct).values():
        assert np.array_equal(outline_with(NAME, ct, liver, prompt).mask, lesion(ct, *sides))
    assert official.heard.count("set_image") == 1
    assert np.array_equal(official.image, ct.hu)


def test_the_ct_goes_anew_to_a_server_that_keeps_anybodys(server, ct, liver):
    click, sides = prompts(ct)["click"]
    outline_with(NAME, ct, liver, click)
    server.image = np.zeros_like(server.image)  # another program's
    assert np.array_equal(outline_with(NAME, ct, liver, click).mask, lesion(ct, *sides))
    assert server.heard.count("upload_image") == 2


def test_a_place_that_was_given_away_is_asked_for_again(official, ct, liver):
    click, sides = prompts(ct)["click"]
    outline_with(NAME, ct, liver, click)
    official.say_once = (410, {"detail": "lease expired"})
    assert np.array_equal(outline_with(NAME, ct, liver, click).mask, lesion(ct, *sides))
    assert official.heard.count("set_image") == 2


def test_another_ct_begins_anew_and_the_liver_gets_the_only_place(
    official, ct, liver, write_prompts
):
    click, _ = prompts(ct)["click"]
    outline_with(NAME, ct, liver, click)
    outline_with(NAME, Volume(grid=ct.grid, hu=ct.hu.copy()), liver, click)
    assert official.heard.count("set_image") == 2
    write_prompts(("liver", "click", (12, 7, 25)))
    assert segment_with(NAME, ct).mask[12, 7, 25]


def test_who_stops_waits_no_longer_and_the_next_prompt_is_answered(server, ct, liver):
    click, sides = prompts(ct)["click"]
    stop = Event()
    stop.set()
    with pytest.raises(CancelledError):
        outline_with(NAME, ct, liver, click, cancel=stop)
    assert np.array_equal(outline_with(NAME, ct, liver, click).mask, lesion(ct, *sides))


def test_where_the_address_is_not_set_it_says_what_lacks(ct, liver, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_prompters()[NAME].missing()
    with pytest.raises(BackendError, match="lacks the environment variable"):
        outline_with(NAME, ct, liver, prompts(ct)["click"][0])


def test_the_command_line_points_with_it(server, tmp_path):
    phantom = make_phantom(spacing_mm=(6.0, 3.0, 3.0), seed=6)
    write_ct_series(phantom.volume, tmp_path / "ct")
    place = ",".join(f"{x:.1f}" for x in phantom.truth.lesions[0].centre_mm)
    out = tmp_path / "labels.nrrd"
    command = [sys.executable, "-m", "liverplan", "segment", tmp_path / "ct", "--out", out]
    options = ["--backend", "classical", "--lesion-backend", NAME, "--lesion", place]
    subprocess.run([*command, *options], capture_output=True, check=True, env=dict(os.environ))
    assert (read_mask_file(out, phantom.volume.grid).layers[0] == 2).any()
    assert server.heard.count("upload_image") == 1
