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
