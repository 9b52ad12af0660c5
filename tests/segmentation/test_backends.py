"""What any back end may hand back, and what is refused in words."""

from importlib.metadata import EntryPoint

import numpy as np
import pytest

from liverplan.errors import BackendError, SegmentationError
from liverplan.segmentation import (
    LesionResult,
    Prompt,
    Provenance,
    VesselResult,
    backends,
    find_prompters,
    find_vessel_prompters,
    follow_with,
    outline_with,
    segment_with,
)
from liverplan.segmentation.results import LiverResult
from liverplan.volume import Grid, Volume

CT = Volume(grid=Grid(shape=(3, 4, 5), affine=np.eye(4)), hu=np.zeros((3, 4, 5), np.int16))
MADE = Provenance(method="test", version="1", origin="automatic")


class Told:
    """A back end that does what a test says."""

    name = "told"
    lacks = ()
    result = None

    def missing(self):
        return list(self.lacks)

    def segment(self, volume, *, progress=None, cancel=None):
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def result(mask_shape=(3, 4, 5), **maps):
    return LiverResult(mask=np.ones(mask_shape, bool), provenance=MADE, maps=maps)


@pytest.fixture
def told(monkeypatch):
    """Announce the back end as an installed package would, and set what it does."""
    entry = EntryPoint(name="told", group=backends.GROUP, value=f"{__name__}:Told")
    monkeypatch.setattr(EntryPoint, "load", lambda _: Told)
    monkeypatch.setattr(backends, "entry_points", lambda *, group: [entry])
    return lambda **values: [monkeypatch.setattr(Told, k, v) for k, v in values.items()]


def test_maps_of_the_liver_come_along(told):
    labels = np.zeros((3, 4, 5), np.uint8)
    labels[1] = 2
    told(result=result(couinaud=(labels, ("1", "2"))))
    found = segment_with("told", CT).maps["couinaud"]
    assert found[0] is labels
    assert found[1] == ("1", "2")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"lacks": ("weights", "a licence")}, "The back end 'told' lacks weights and a licence."),
        ({"result": result((3, 4, 4))}, "gave a mask of (3, 4, 4) voxels for a CT of (3, 4, 5)"),
        ({"result": result(vessels=(np.ones((3, 4, 4), np.uint8), ("a",)))}, "a vessels map that"),
        ({"result": result(vessels=(np.full((3, 4, 5), 2, np.uint8), ("a",)))}, "does not fit"),
        ({"result": ZeroDivisionError("by zero")}, "The back end 'told' failed: by zero."),
    ],
)
def test_what_does_not_serve_is_one_sentence(told, values, words):
    told(**values)
    with pytest.raises(BackendError) as refusal:
        segment_with("told", CT)
    assert words in str(refusal.value)


def test_a_back_end_that_cannot_say_what_it_lacks_is_one_sentence_too(told):
    def broken(_):
        raise ValueError("no such folder")

    told(missing=broken)
    with pytest.raises(BackendError, match=r"lacks an answer to what it lacks \(no such folder\)"):
        segment_with("told", CT)


def test_an_unknown_name_is_refused_with_those_that_there_are(told):
    with pytest.raises(BackendError, match="'magic'; there is both, classical, network, told"):
        segment_with("magic", CT)


def test_a_package_that_cannot_be_loaded_is_listed_with_the_reason(told, monkeypatch):
    def broken(_):
        raise ImportError("No module named 'torch'")

    monkeypatch.setattr(EntryPoint, "load", broken)
    lacking = backends.find_segmenters()["told"].missing()
    assert lacking == ["its package cannot be loaded (No module named 'torch')"]
    monkeypatch.setattr(EntryPoint, "load", lambda _: object)
    assert backends.find_segmenters()["told"].missing() == [
        "its package cannot be loaded (it is no Segmenter)"
    ]


class Answers(Told):
    """One that answers prompts, too."""

    name = "answers"

    def outline(self, volume, liver_mask, prompt, *, cancel=None):
        return self.segment(volume)


LIVER = np.ones((3, 4, 5), bool)
CLICK = Prompt(click_mm=(2.0, 2.0, 1.0))


def outlined(mask_shape=(3, 4, 5), *, empty=False, made=MADE):
    return LesionResult(mask=np.full(mask_shape, not empty), provenance=made)


@pytest.fixture
def answers(monkeypatch):
    kinds = {"told": Told, "answers": Answers}
    entries = [EntryPoint(name=n, group=backends.GROUP, value=f"{__name__}:{n}") for n in kinds]
    monkeypatch.setattr(EntryPoint, "load", lambda entry: kinds[entry.name])
    monkeypatch.setattr(backends, "entry_points", lambda *, group: entries)
    return lambda **values: [monkeypatch.setattr(Answers, k, v) for k, v in values.items()]


def test_who_answers_prompts_is_found_and_nobody_accepted_what_it_gives(answers):
    assert list(find_prompters()) == ["network", "answers"]
    answers(result=outlined(made=Provenance(method="x", version="1", origin="given")))
    assert outline_with("answers", CT, LIVER, CLICK).provenance.origin == "automatic"


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("told", {}, "no back end 'told' that outlines what is pointed at; there is answers, net"),
        ("magic", {}, "There is no back end 'magic' that outlines what is pointed at"),
        ("answers", {"lacks": ("weights",)}, "The back end 'answers' lacks weights."),
        ("answers", {"result": outlined((3, 4, 4))}, "a mask of (3, 4, 4) voxels for (3, 4, 5)"),
        ("answers", {"result": outlined(empty=True)}, "found nothing in the liver at this place"),
        ("answers", {"result": ZeroDivisionError("by zero")}, "'answers' failed: by zero."),
    ],
)
def test_who_does_not_answer_a_prompt_is_one_sentence(answers, name, values, words):
    answers(**values)
    with pytest.raises((BackendError, SegmentationError)) as refusal:
        outline_with(name, CT, LIVER, CLICK)
    assert words in str(refusal.value)


def test_a_prompt_outside_the_liver_goes_to_nobody(answers):
    answers(result=AssertionError("asked"))
    with pytest.raises(SegmentationError, match="outside"):
        outline_with("answers", CT, LIVER, Prompt(click_mm=(200.0, 2.0, 1.0)))


def test_one_that_cannot_be_loaded_says_why_to_a_prompt_too(answers, monkeypatch):
    def broken(_):
        raise ImportError("No module named 'torch'")

    monkeypatch.setattr(EntryPoint, "load", broken)
    with pytest.raises(BackendError, match="cannot be loaded"):
        outline_with("answers", CT, LIVER, CLICK)


LEVEL = np.zeros((3, 4, 5), bool)
LEVEL[1] = True
"""A liver of one slice."""


def followed(mask):
    return VesselResult(mask=mask, provenance=MADE)


@pytest.fixture
def follows(monkeypatch):
    class Follows(Told):
        name, answer = "follows", None

        def follow(self, volume, liver_mask, point_mm, *, cancel=None):
            return self.answer

    entry = EntryPoint(name="follows", group=backends.GROUP, value=f"{__name__}:Follows")
    monkeypatch.setattr(EntryPoint, "load", lambda _: Follows)
    monkeypatch.setattr(backends, "entry_points", lambda *, group: [entry])
    return Follows


def test_a_followed_vessel_stays_by_the_liver(follows):
    assert list(find_vessel_prompters()) == ["classical", "follows"]
    wide = Volume(grid=Grid(shape=(20, 4, 5), affine=np.eye(4)), hu=np.zeros((20, 4, 5), np.int16))
    liver = np.zeros((20, 4, 5), bool)
    liver[10:] = True
    follows.answer = followed(np.ones((20, 4, 5), bool))
    found = follow_with("follows", wide, liver, wide.grid.to_mm((15, 1, 1)))
    assert found.mask[7:].all()
    assert not found.mask[:7].any()
    assert found.provenance.origin == "automatic"


@pytest.mark.parametrize(
    ("name", "answer", "point", "words"),
    [
        ("follows", np.ones((3, 4, 4), bool), (2, 2, 1), "a mask of (3, 4, 4) voxels for"),
        ("follows", np.zeros((3, 4, 5), bool), (2, 2, 1), "found no vessel in the liver here"),
        ("follows", np.ones((3, 4, 5), bool), (90, 2, 1), "outside"),
        ("magic", np.ones((3, 4, 5), bool), (2, 2, 1), "no back end 'magic' that follows a vessel"),
    ],
)
def test_a_vessel_that_cannot_be_followed_is_one_sentence(follows, name, answer, point, words):
    follows.answer = followed(answer)
    with pytest.raises((BackendError, SegmentationError)) as refusal:
        follow_with(name, CT, LEVEL, np.array(point, dtype=float))
    assert words in str(refusal.value)
