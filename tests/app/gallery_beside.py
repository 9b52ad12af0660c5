"""Screenshots of what lies beside the case's own CT, for `tests.app.gallery`."""

from dataclasses import replace


def beside_pictures(person, place, shot):
    """A second CT of another frame, and a stranger's, beside the axial view."""
    from liverplan.dicom.write_ct import SeriesText, write_ct_series

    app = person.app
    volume = app.session.work.volume
    moved = replace(volume, grid=replace(volume.grid, frame_uid="1.2.4"))
    words = SeriesText(series_description="Arterial late", study_date="20190304")
    write_ct_series(moved, place / "earlier", text=words)
    write_ct_series(moved, place / "stranger", text=replace(words, patient_id="P2"))
    for name in ("earlier", "stranger"):
        app.beside.appear()
        app.beside.beside.open(place / name)
        person.settle()
        shot(f"beside_{name}")
        app.beside.put_away()


def picture_pictures(person, shot):
    """Two pictures that were kept, the first with a title, one chosen."""
    pictures, box = person.app.judged.pictures, person.panel(5).pictures
    for _ in range(2):
        pictures.keep()
        person.spin(0.1)
    pictures.entitle(0, "The cut beside the portal vein, wedge of segment 8")
    person.settle()
    box.list.setCurrentRow(1)
    shot("key_pictures")
