"""The same prompts to nnInteractive's own server, by its authors' client."""

import numpy as np
import pytest
from liverplan_nninteractive import Click, Conversation, read_settings

from liverplan.errors import BackendError
from liverplan.segmentation import segment_with

NAME = "nninteractive"
VARIABLE = "LIVERPLAN_NNINTERACTIVE"
LIVER = ("liver", "click", (12, 7, 25))


def test_clicks_boxes_and_strokes_land_on_their_voxels(official, ct, write_prompts, monkeypatch):
    """A proxy that is set for everything else gets nothing: it would not answer."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    write_prompts(
        LIVER,
        ("lesion 2", "box", [(11, 20, 28), (11, 25, 35)]),
        ("lesion 1", "stroke", [(7, 9, 11), (7, 12, 17), (7, 14, 18)]),
        ("liver", "click", (6, 12, 46)),
        ("liver", "click", (5, 9, 45), "outside"),
    )
    result = segment_with(NAME, ct)
    first, second, liver = (np.zeros(ct.hu.shape, bool) for _ in range(3))
    first[5:9, 8:16, 10:20] = second[10:13, 20:26, 28:36] = liver[3:15, 5:30, 8:40] = True
    assert np.array_equal(result.lesions[0], first)
    assert np.array_equal(result.lesions[1], second)
    assert np.array_equal(result.mask, liver)
    assert np.array_equal(official.image, ct.hu)
    assert official.heard.count("set_image") == 1
    assert (official.taken, official.released) == (False, 1)


def test_a_key_is_sent_where_one_is_set(official, ct, write_prompts, monkeypatch):
    write_prompts(LIVER)
    official.key = "secret"
    with pytest.raises(BackendError, match=r"refused a place \(status 401\)"):
        segment_with(NAME, ct)
    monkeypatch.setenv(f"{VARIABLE}_KEY", "secret")
    assert segment_with(NAME, ct).mask.any()


def test_a_full_server_says_so(official, ct, write_prompts):
    write_prompts(LIVER)
    official.taken = True
    with pytest.raises(BackendError, match=f"^The nnInteractive server at {official.url} is full"):
        segment_with(NAME, ct)


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ((500, {"detail": "CUDA out of memory"}), "refused the CT (status 500)"),
        ((410, {"detail": "lease expired"}), "has given the place away; start again"),
    ],
)
def test_each_failure_is_one_sentence_and_gives_the_place_back(
    official, ct, write_prompts, instead, words
):
    write_prompts(LIVER)
    official.say_instead = instead
    with pytest.raises(BackendError) as refusal:
        segment_with(NAME, ct)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert official.released == 1


def test_a_server_that_never_answers_is_given_up(official, ct, monkeypatch):
    monkeypatch.setenv(f"{VARIABLE}_TIMEOUT_S", "0.3")
    with Conversation(ct, read_settings()) as talk:
        talk.start_over()
        official.delay_s = 2.0
        with pytest.raises(BackendError, match="did not answer a click in time"):
            talk.say(Click(point_mm=tuple(ct.grid.to_mm((12, 7, 25)))))
        official.delay_s = 0.0
    assert official.released == 1
