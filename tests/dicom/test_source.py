"""The guards around folders, zips and DICOMDIRs."""

import os
import struct
import zipfile
import zlib

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset

from liverplan.dicom import choose_series, find_series, header, open_source, read_series, source
from liverplan.errors import DicomError


def reason(path):
    found = find_series(path)
    return "; ".join(info.reason for info in found if not info.usable)


def test_nothing_there_is_refused(tmp_path):
    with pytest.raises(DicomError, match="There is no file or folder 'absent'"):
        find_series(tmp_path / "absent")
    with pytest.raises(DicomError, match="holds no files"):
        find_series(tmp_path)


def test_a_device_is_refused():
    with pytest.raises(DicomError, match="neither a folder nor a regular file"):
        find_series("/dev/null")


def test_a_link_out_of_the_folder_is_not_followed(make, tmp_path):
    outside = make().write(tmp_path / "outside")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.dcm").symlink_to(outside[0])
    (inside / "lost.dcm").symlink_to(tmp_path / "nowhere")
    assert "link.dcm: it points outside the chosen folder" in reason(inside)
    assert "choose the folder that holds the files themselves, or copy them" in reason(inside)
    assert "lost.dcm: it is a link to nothing" in reason(inside)


def test_a_linked_folder_is_named_and_not_followed(make, tmp_path):
    make().write(tmp_path / "outside")
    make().write(tmp_path / "ct" / "deep")
    (tmp_path / "ct" / "away").symlink_to(tmp_path / "outside")
    (tmp_path / "ct" / "again").symlink_to(tmp_path / "ct" / "deep")
    read, *failed = sorted(find_series(tmp_path / "ct"), key=lambda info: not info.usable)
    assert read.n_files == 6
    again, away = sorted(info.reason for info in failed)
    assert again == "again: it is not a regular file"
    assert away.startswith("away: it points outside the chosen folder")


def test_a_folder_is_read_through_a_link_to_it(make, tmp_path):
    make().write(tmp_path / "ct" / "deep")
    (tmp_path / "link").symlink_to(tmp_path / "ct")
    (info,) = find_series(tmp_path / "link")
    assert info.usable
    assert info.files[0].startswith("deep/")


def test_a_pipe_and_a_circular_link_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    words = reason(tmp_path)
    assert "pipe: it is not a regular file" in words
    assert "loop: it cannot be opened" in words


def test_empty_and_oversized_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MAX_FILE_BYTES", 1000)
    (tmp_path / "empty.dcm").touch()
    (tmp_path / "big.dcm").write_bytes(b"x" * 1001)
    assert "empty.dcm: it is empty" in reason(tmp_path)
    assert "big.dcm: it is larger than" in reason(tmp_path)


def test_too_many_files_and_too_many_bytes_are_refused(tmp_path, monkeypatch):
    for n in range(4):
        (tmp_path / f"{n}").write_bytes(b"x" * 10)
    monkeypatch.setattr(source, "MAX_FILES", 3)
    with pytest.raises(DicomError, match="more than 3 files"):
        find_series(tmp_path)
    monkeypatch.setattr(source, "MAX_FILES", 4)
    monkeypatch.setattr(source, "MAX_TOTAL_BYTES", 39)
    with pytest.raises(DicomError, match="are read at once"):
        find_series(tmp_path)


def test_a_zip_slip_writes_nothing_and_reads_fine(make, tmp_path):
    path = tmp_path / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n, file in enumerate(make().write(tmp_path / "ct")):
            archive.write(file, f"../../slip{n}.dcm")
    assert read_series(choose_series(find_series(path))).volume.grid.shape[0] == 6
    assert not list(tmp_path.parent.glob("slip*.dcm"))


def test_two_members_of_one_name_are_both_read(make, tmp_path):
    path = tmp_path / "same.zip"
    files = make().write(tmp_path / "ct")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(files[0], "slice.dcm")
        for file in files[1:]:
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.write(file, "slice.dcm")
    assert choose_series(find_series(path)).shape[0] == 6


def test_a_zip_in_a_zip_an_encrypted_and_a_forged_member_are_named(tmp_path):
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", b"PK" * 200)
        archive.writestr("secret.dcm", b"x" * 200)
        archive.writestr("bomb.dcm", b"x" * 200)
    data = bytearray(path.read_bytes())
    entries = [m for m in range(len(data)) if data[m : m + 4] == b"PK\x01\x02"]
    data[entries[1] + 8] |= 1  # the encryption flag
    data[entries[2] + 24 : entries[2] + 28] = struct.pack("<L", 3_000_000_000)
    path.write_bytes(data)
    words = reason(path)
    assert "inner.zip: it is a zip within the zip" in words
    assert "secret.dcm: it is encrypted" in words
    assert "bomb.dcm: its compressed size is forged" in words


def test_a_damaged_zip_is_refused(tmp_path):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"x" * 1000)
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at : at + 4] = b"XXXX"
    path.write_bytes(data)
    with pytest.raises(DicomError, match=r"bad\.zip is a damaged zip file"):
        find_series(path)


def test_a_deflate_bomb_is_capped(make, tmp_path, monkeypatch):
    (path,) = make(count=1).write(tmp_path)
    machine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = machine.compress(b"\0" * 3_000_000) + machine.flush()
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = "1.2.840.10008.1.2.1.99"
    meta.MediaStorageSOPClassUID = meta.MediaStorageSOPInstanceUID = "1.2"
    empty = Dataset()
    empty.file_meta = meta
    pydicom.dcmwrite(path, empty, enforce_file_format=True)
    path.write_bytes(path.read_bytes().removesuffix(b"\x03\x00") + body)
    monkeypatch.setattr(header, "MAX_INFLATED_BYTES", 1_000_000)
    assert "a deflate bomb" in reason(tmp_path)


def test_a_foreign_transfer_syntax_is_named(make, tmp_path):
    (path,) = make(count=1).write(tmp_path)
    native, foreign = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.4.50"
    start = path.read_bytes().replace(native, foreign)
    start = start.replace(b"UI" + struct.pack("<H", len(native)) + foreign, b"UI\x16\0" + foreign)
    path.write_bytes(start)
    assert "JPEG Baseline (Process 1), is not one that is read" in reason(tmp_path)


def test_a_header_that_takes_too_long_is_left(make, tmp_path, monkeypatch):
    make(count=1).write(tmp_path)
    monkeypatch.setattr(header, "PARSE_SECONDS", -1.0)
    assert "takes too long to read" in reason(tmp_path)


def test_an_element_that_claims_a_gigabyte_is_refused(make, tmp_path):
    (path,) = make(count=1).write(tmp_path)
    data = path.read_bytes()
    at = data.find(b"\x08\x00\x3e\x10LO")  # SeriesDescription, explicit VR
    forged = data[:at] + b"\x08\x00\x3e\x10UN\0\0" + struct.pack("<L", 2**30) + data[at + 8 :]
    path.write_bytes(forged)
    assert "more than 64 MB" in reason(tmp_path)


def dicomdir(folder, names):
    """A DICOMDIR with one image record a name."""
    records = []
    for name in names:
        record = Dataset()
        record.OffsetOfTheNextDirectoryRecord = 0
        record.DirectoryRecordType = "IMAGE"
        record.add_new("ReferencedFileID", "LO", name)  # as text, for names that are not allowed
        records.append(record)
    dataset = Dataset()
    dataset.DirectoryRecordSequence = records
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset.save_as(folder / "DICOMDIR", enforce_file_format=True)
    return folder / "DICOMDIR"


def test_a_dicomdir_names_its_files_and_those_that_are_absent(make, tmp_path):
    for n, path in enumerate(make().write(tmp_path / "IMG")):
        path.rename(tmp_path / "IMG" / f"IM{n}")
    (tmp_path / "IMG" / "OTHER").write_bytes(b"not named, so not read")
    path = dicomdir(tmp_path, [["IMG", f"IM{n}"] for n in range(7)])
    found = find_series(path)
    assert choose_series(found).shape[0] == 6
    assert found[1].reason == "IM6: the DICOMDIR names it, but it is absent"
    assert len(found) == 2


def test_a_dicomdir_cannot_lead_out_of_its_folder(make, tmp_path):
    make().write(tmp_path / "outside")
    (tmp_path / "disc").mkdir()
    path = dicomdir(tmp_path / "disc", [["..", "outside", "ct_000.dcm"], ["", "etc", "passwd"]])
    words = reason(path)
    assert "it points outside the chosen folder" in words
    assert "passwd: the DICOMDIR names it, but it is absent" in words


def test_a_dicomdir_that_is_none_is_refused(tmp_path):
    (tmp_path / "DICOMDIR").write_bytes(b"x" * 500)
    with pytest.raises(DicomError, match="DICOMDIR cannot be used as a DICOMDIR: it is no DICOM"):
        find_series(tmp_path / "DICOMDIR")


def test_a_file_that_vanishes_is_named(make, tmp_path):
    paths = make().write(tmp_path)
    with open_source(tmp_path) as place:
        paths[0].unlink()
        with pytest.raises(DicomError, match=r"ct_000\.dcm cannot be opened: No such file"):
            place.open("ct_000.dcm")
