"""The list of series: a picture of each, its geometry, and why one cannot be used."""

import numpy as np
from PySide6.QtGui import QImage

from liverplan.app.steps.open.thumbnails import SIDE, picture
from liverplan.dicom import find_series
from liverplan.dicom.preview import middle_slice
from liverplan.dicom.write_ct import write_ct_series
from liverplan.phantom import make_phantom
from tests.app.test_notices import drop


def grey_of(image: QImage):
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width()].copy()  # the bits go with the image


def test_a_thumbnail_is_the_middle_slice_at_the_default_window():
    hu = np.full((40, 80), -1000.0)
    hu[:, 40:] = 40.0
    made = picture(hu, row_mm=2.0, column_mm=1.0)
    assert (made.width(), made.height()) == (SIDE, SIDE)
    grey = grey_of(made)
    assert grey[:, : SIDE // 2 - 2].max() == 0
    assert abs(int(grey[SIDE // 2, -3]) - 127) <= 1


def test_every_series_shows_its_picture_and_geometry(person, tmp_path, sample_folder):
    other = make_phantom(spacing_mm=(10, 4, 4), seed=5)
    write_ct_series(other.volume, tmp_path / "two" / "other", seed=9)
    for file in sample_folder.glob("*.dcm"):
        (tmp_path / "two" / file.name).write_bytes(file.read_bytes())
    drop(person, tmp_path / "two")
    panel = person.panel(1)
    assert panel.table.rowCount() == 2
    person.wait(lambda: len(panel.thumbnails.pictures) == 2, what="two pictures")
    person.spin(0.05)
    for row, info in enumerate(person.app.open.opening.found):
        cell = panel.table.item(row, 0)
        shape = "\N{MULTIPLICATION SIGN}".join(str(n) for n in reversed(info.shape))
        assert shape in cell.text()
        assert not cell.icon().isNull()
        shown = grey_of(cell.icon().pixmap(SIDE, SIDE).toImage())
        wanted = grey_of(
            picture(middle_slice(info), info.planes[0].row_spacing, info.planes[0].column_spacing)
        )
        np.testing.assert_array_equal(shown, wanted)
    person.click_row(panel.table, 1)
    person.press_button(panel.read_button)
    person.wait(lambda: person.app.session.work.volume is not None, what="the CT")
    assert person.app.session.work.volume.grid.shape == person.app.open.opening.found[1].shape


def test_the_middle_slice_is_the_volumes_own(sample_folder, phantom):
    info = find_series(sample_folder)[0]
    np.testing.assert_array_equal(
        middle_slice(info), phantom.volume.hu[phantom.volume.grid.shape[0] // 2]
    )
