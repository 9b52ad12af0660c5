"""What is exactly known of the phantom holds together."""

from itertools import pairwise

import numpy as np
import pytest

from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM, make_phantom

COARSE = (12.0, 8.0, 8.0)


@pytest.fixture(scope="module")
def truth():
    return make_phantom(spacing_mm=COARSE, lesions=4).truth


def test_the_parts_are_the_whole(truth):
    assert truth.tumour_ml == pytest.approx(sum(truth.lesions_ml))
    assert truth.functional_ml + truth.tumour_ml == pytest.approx(truth.liver_ml, abs=1e-9)
    assert len(truth.lesions_ml) == 4


def test_all_functional_tissue_lies_beyond_a_plane_far_below_and_none_beyond_one_far_above(truth):
    normal = np.array([0.3, -0.4, 0.5])
    assert truth.half_space_ml(normal, -1e4) == pytest.approx(truth.functional_ml, abs=1e-5)
    assert truth.half_space_ml(normal, 1e4) == pytest.approx(0, abs=1e-9)


def test_a_normals_length_means_nothing(truth):
    normal = np.array(RECOMMENDED_NORMAL)
    offset = float(normal @ RECOMMENDED_POINT_MM / np.linalg.norm(normal))
    once = truth.half_space_ml(normal, offset)
    assert truth.half_space_ml(7 * normal, offset) == pytest.approx(once, abs=1e-9)
    margins = truth.plane_margin_mm(normal, offset)
    assert truth.plane_margin_mm(7 * normal, offset) == pytest.approx(margins)


def test_what_remains_shrinks_as_the_plane_moves_on(truth):
    normal = np.array([1.0, 0, 0])
    left = [truth.half_space_ml(normal, d) for d in np.linspace(-120, 100, 12)]
    assert all(a >= b - 1e-6 for a, b in pairwise(left))


def test_a_margin_grows_as_far_as_the_plane_moves_away(truth):
    normal = np.array([0.0, 0.6, 0.8])
    near, far = (np.array(truth.plane_margin_mm(normal, d)) for d in (10.0, 17.5))
    assert far - near == pytest.approx(7.5)


def test_the_document_says_the_same(truth):
    document = truth.to_json()
    assert document["schema"] == "liverplan.truth/1"
    assert document["liver_ml"] == truth.liver_ml
    assert [lesion["label"] for lesion in document["lesions"]] == [2, 3, 4, 5]
    assert [lesion["volume_ml"] for lesion in document["lesions"]] == list(truth.lesions_ml)
    plane = document["plane"]
    assert plane["remnant_fraction"] == pytest.approx(plane["remnant_ml"] / truth.functional_ml)


@pytest.mark.parametrize("lesions", [0, 1, 4])
def test_as_many_lesions_are_made_as_were_asked_for(lesions):
    made = make_phantom(spacing_mm=COARSE, lesions=lesions, noise_hu=0.0)
    assert made.segmentation.lesion_labels == tuple(range(2, 2 + lesions))
    assert len(made.truth.lesions) == lesions
    assert set(made.segmentation.provenance) == set(range(1, 2 + lesions))


def test_progress_is_told_and_what_it_raises_ends_the_work():
    told = []
    make_phantom(spacing_mm=COARSE, progress=lambda part, words: told.append((part, words)))
    parts = [part for part, _ in told]
    assert parts == sorted(parts)
    assert 0 == parts[0] < parts[-1] < 1
    assert {words for _, words in told} == {"Drawing the sample CT"}

    def stop(_part, _words):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        make_phantom(spacing_mm=COARSE, progress=stop)
