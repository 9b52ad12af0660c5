"""Pictures that were kept: what counts as one, and what a case refuses."""

import pytest

from liverplan.case.contents import read
from liverplan.errors import CaseError, InputError
from liverplan.findings.key_images import LONGEST_TITLE, MOST_PIXELS, KeyImage, key_images_json
from tests.kept import made_png


def test_a_picture_comes_back_by_its_file():
    image = KeyImage(
        png=made_png(),
        view="Coronal",
        title="Cut",
        slice_number=3,
        slice_count=9,
        window_hu=(40.0, 350.0),
        written_on=True,
    )
    assert image.size == (64, 48)
    assert KeyImage.from_json(image.to_json(), image.png) == image
    assert key_images_json((image,))["images"][0]["file"] == image.file


@pytest.mark.parametrize("png", [b"", b"GIF89a", made_png()[:20]])
def test_what_is_no_picture_is_refused(png):
    with pytest.raises(InputError, match="no PNG"):
        KeyImage(png=png, view="3D")


@pytest.mark.parametrize("wide", [0, MOST_PIXELS + 1])
def test_a_picture_without_end_or_without_pixels_is_refused(wide):
    png = made_png()
    with pytest.raises(InputError, match="cannot be kept"):
        KeyImage(png=png[:16] + wide.to_bytes(4, "big") + png[20:], view="3D")


def test_a_title_without_end_is_refused():
    with pytest.raises(InputError, match="at most"):
        KeyImage(png=made_png(), view="3D", title="x" * (LONGEST_TITLE + 1))


def test_a_list_without_its_pictures_and_a_file_outside_the_case_are_refused():
    document = key_images_json((KeyImage(png=made_png(), view="3D"),))
    with pytest.raises(CaseError, match="is not there"):
        read({"key_images": document})
    outside = [{**document["images"][0], "file": "../x.png"}]
    with pytest.raises(CaseError, match="its key_images"):
        read({"key_images": {**document, "images": outside}})
