"""Pixels: depths, byte orders, codecs, rescaling, padding; and what damaged ones get."""

import io
import time

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from liverplan.dicom import Headers, choose_series, decode, find_series, read_series
from liverplan.errors import DicomError
from liverplan.words import in_english

from .made import expected_hu, save
from .test_find import enhanced


def read(folder, **options):
    return read_series(choose_series(find_series(folder)), **options)


def assert_right(ct, tolerance=0.51):
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= tolerance


@pytest.mark.parametrize(
    "depth",
    [
        {"bits": 16, "stored": 16, "signed": True, "intercept": 0.0},
        {"bits": 16, "stored": 16, "signed": False, "intercept": -1024.0},
        {"bits": 16, "stored": 12, "signed": False, "intercept": -1024.0},
        {"bits": 16, "stored": 12, "signed": True, "intercept": 0.0},
        {"bits": 16, "stored": 16, "signed": False, "intercept": -32768.0},
    ],
)
@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, "1.2.840.10008.1.2.1", DeflatedExplicitVRLittleEndian]
)
def test_each_depth_and_sign_gives_the_same_hu(make, tmp_path, depth, syntax):
    make(**depth, syntax=syntax).write(tmp_path)
    ct = read(tmp_path)
    assert ct.volume.hu.dtype == np.int16
    assert_right(ct)


def test_eight_bits_are_read(make, tmp_path):
    make(bits=8, stored=8, signed=False, intercept=0.0, first=(30, -20, 20), count=4).write(
        tmp_path
    )
    assert_right(read(tmp_path))


def test_big_endian_is_read(make, tmp_path):
    for path in make().write(tmp_path):
        dataset = pydicom.dcmread(path)
        values = np.frombuffer(dataset.PixelData, "<i2")
        dataset.PixelData = values.astype(">i2").tobytes()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
        big = pydicom.Dataset()
        big.file_meta = dataset.file_meta
        big.update(dataset)
        pydicom.dcmwrite(
            path, big, implicit_vr=False, little_endian=False, enforce_file_format=True
        )
    assert_right(read(tmp_path))


def test_overlay_bits_above_the_stored_ones_are_masked_away(make, tmp_path):
    for path in make(stored=12, signed=False).write(tmp_path):
        dataset = pydicom.dcmread(path)
        values = np.frombuffer(dataset.PixelData, "<u2") | np.uint16(0xA000)
        dataset.PixelData = values.tobytes()
        dataset.save_as(path)
    assert_right(read(tmp_path))


def test_each_slice_keeps_its_own_rescaling(make, tmp_path):
    make(per_slice=lambda k: {"RescaleIntercept": -1000 - 10 * k}).write(tmp_path)
    assert_right(read(tmp_path))


def test_whole_slopes_stay_int16_and_broken_ones_become_float32(make, tmp_path):
    make(slope=2.0).write(tmp_path / "whole")
    make(per_slice=lambda k: {"RescaleSlope": 0.25 + 0.125 * k}).write(tmp_path / "broken")
    whole, broken = read(tmp_path / "whole"), read(tmp_path / "broken")
    assert (whole.volume.hu.dtype, broken.volume.hu.dtype) == (np.int16, np.float32)
    assert_right(whole, 1.01)
    assert_right(broken, 0.51)


def test_values_beyond_int16_become_float32(make, tmp_path):
    for path in make(signed=False, intercept=0.0, first=(60, -20, 60)).write(tmp_path):
        dataset = pydicom.dcmread(path)
        values = np.frombuffer(dataset.PixelData, "<u2").copy()
        values[0] = 60000
        dataset.PixelData = values.tobytes()
        dataset.save_as(path)
    hu = read(tmp_path).volume.hu
    assert hu.dtype == np.float32
    assert hu[0, 0, 0] == 60000


def test_padding_is_kept_and_said_but_never_as_metal(make, tmp_path):
    def padded(folder, padding, **more):
        for path in make(**more).write(folder):
            dataset = pydicom.dcmread(path)
            kind = "<i2" if dataset.PixelRepresentation else "<u2"
            values = np.frombuffer(dataset.PixelData, kind).copy()
            values[:3] = padding
            dataset.PixelData = values.tobytes()
            dataset.add_new("PixelPaddingValue", "SS" if kind == "<i2" else "US", padding)
            dataset.save_as(path)
        return read(folder)

    low = padded(tmp_path / "low", -2000)
    assert low.volume.hu[0, 0, 0] == -3024
    assert any("padding of -3024 HU" in note for note in map(in_english, low.notes))
    assert padded(tmp_path / "high", 32000, signed=False).volume.hu[0, 0, 0] == -1024


CODECS = [
    pytest.param(RLELossless, id="RLE"),
    pytest.param(JPEGLSLossless, id="JPEG-LS"),
    pytest.param(JPEG2000Lossless, id="JPEG 2000"),
    pytest.param(JPEGLosslessSV1, id="JPEG lossless"),
    pytest.param(JPEGLossless, id="JPEG lossless, predictor 7"),
]


@pytest.mark.parametrize("syntax", CODECS)
@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("stored", [16, 12])
def test_each_codec_gives_the_same_hu(make, tmp_path, syntax, signed, stored):
    for path in make(signed=signed, rows=32, columns=40, stored=stored).write(tmp_path):
        compress(path, syntax)
    assert_right(read(tmp_path))


@pytest.mark.parametrize("syntax", CODECS)
def test_each_codec_gives_eight_bits(make, tmp_path, syntax):
    eight = {"bits": 8, "stored": 8, "signed": False, "intercept": 0.0}
    series = make(**eight, first=(30, -20, 20), count=4, rows=48, columns=40)
    for path in series.write(tmp_path):
        compress(path, syntax)
    assert_right(read(tmp_path))


@pytest.mark.parametrize("syntax", CODECS)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_file_that_ends_within_its_compressed_pixels_is_refused(make, tmp_path, syntax, part):
    """No codec may take seconds over it, or make up the pixels that lack."""
    for path in make(rows=64, columns=64, signed=False).write(tmp_path):
        dataset = pydicom.dcmread(path)
        noise = np.random.default_rng(0).integers(0, 4096, 64 * 64, np.uint16)
        dataset.PixelData = noise.tobytes()
        dataset.save_as(path)
        compress(path, syntax)
    path = tmp_path / "ct_003.dcm"
    data = path.read_bytes()
    start = data.find(b"\xfe\xff\x00\xe0", data.find(b"\xe0\x7f\x10\x00") + 20) + 8
    path.write_bytes(data[: start + int(part * (len(data) - start))])
    info = choose_series(find_series(tmp_path))
    begun = time.monotonic()
    with pytest.raises(DicomError, match=r"^ct_003\.dcm: its pixels cannot be decoded"):
        read_series(info)
    assert time.monotonic() - begun < 2.5


def compress(path, syntax):
    dataset = pydicom.dcmread(path)
    if syntax in {JPEGLossless, JPEGLosslessSV1}:
        values = np.frombuffer(dataset.PixelData, f"<u{dataset.BitsAllocated // 8}")
        stream = imagecodecs.jpeg8_encode(
            values.reshape(dataset.Rows, dataset.Columns) & ((1 << dataset.BitsStored) - 1),
            lossless=True,
            bitspersample=dataset.BitsStored,
            predictor=1 if syntax == JPEGLosslessSV1 else 7,
        )
        dataset.PixelData = encapsulate([stream])
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = syntax
    else:
        dataset.compress(syntax, generate_instance_uid=False)
    dataset.save_as(path)


@pytest.mark.parametrize("table", [True, False])
def test_the_frames_of_one_file_are_found_with_and_without_an_offset_table(make, tmp_path, table):
    dataset = enhanced(make(rows=32, columns=40, signed=False))
    frames = np.frombuffer(dataset.PixelData, "<u2").reshape(-1, 32, 40)
    streams = [imagecodecs.jpegls_encode(frame) for frame in frames]
    dataset.PixelData = encapsulate(streams, has_bot=table)
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = JPEGLSLossless
    save(dataset, tmp_path / "enhanced.dcm")
    assert_right(read(tmp_path))


def test_forged_lengths_read_no_more_than_the_frames_may_need():
    stream = decode._Metered(io.BytesIO(bytes(100)), 10)
    assert [len(stream.read(size)) for size in (4, 1 << 31, 4)] == [4, 6, 0]
    stream = decode._Metered(io.BytesIO(bytes(100)), 10)
    assert len(stream.read(-(1 << 31))) == 10


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda d: d[:-60], "truncated"),
        (lambda d: d[: d.find(b"\xe0\x7f\x10\x00") + 4], "no pixel data"),
        (lambda d: d[: d.find(b"\xe0\x7f\x10\x00")], "no pixel data"),
    ],
)
def test_pixels_that_are_not_all_there_are_refused_by_name(make, tmp_path, damage, words):
    path = make().write(tmp_path)[2]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DicomError, match=rf"ct_002\.dcm: it.*{words}"):
        read(tmp_path)


def test_a_short_or_long_pixel_element_is_refused(make, tmp_path):
    path = make().write(tmp_path)[2]
    dataset = pydicom.dcmread(path)
    dataset.PixelData = dataset.PixelData[:100]
    dataset.save_as(path)
    with pytest.raises(DicomError, match="its pixel data holds 100 bytes where 240 belong"):
        read(tmp_path)


def test_a_broken_codestream_is_refused_by_name(make, tmp_path):
    for path in make(rows=32, columns=40).write(tmp_path):
        compress(path, JPEGLSLossless)
    path = tmp_path / "ct_003.dcm"
    dataset = pydicom.dcmread(path)
    dataset.PixelData = encapsulate([b"\xff\xd8\xff\xf7" + bytes(range(256))])
    dataset.save_as(path)
    with pytest.raises(DicomError, match=r"ct_003\.dcm: its pixels cannot be decoded"):
        read(tmp_path)


def test_a_codestream_of_another_size_is_refused_before_it_takes_memory(make, tmp_path):
    for path in make(rows=32, columns=40).write(tmp_path):
        compress(path, JPEG2000Lossless)
    path = tmp_path / "ct_003.dcm"
    data = path.read_bytes()
    at = data.find(b"\xff\x4f\xff\x51") + 8
    path.write_bytes(data[:at] + b"\x00\x00\xff\xff\x00\x00\xff\xff" + data[at + 8 :])
    with pytest.raises(DicomError, match="the codestream is 65535 x 65535 pixels"):
        read(tmp_path)


def test_progress_ends_at_one(make, tmp_path):
    make().write(tmp_path)
    told = []
    read(tmp_path, progress=lambda fraction, words: told.append((fraction, words)))
    assert told[-1] == (1.0, "Read 6 of 6 slices")
    assert [f for f, _ in told] == sorted(f for f, _ in told)


def test_headers_survive_json(make, tmp_path):
    import json

    make().write(tmp_path)
    headers = read(tmp_path).headers
    again = Headers.from_json(json.loads(json.dumps(headers.to_json())))
    assert again == headers
    assert str(again.dataset().PatientName) == "Doe^Jane"
    assert [image.position_mm[2] for image in again.images] == [100.0 + 2 * k for k in range(6)]
    with pytest.raises(DicomError, match="headers of the CT cannot be understood"):
        Headers.from_json({"schema": "x"})


def test_a_volume_too_large_for_memory_is_refused(make, tmp_path, monkeypatch):
    from liverplan.dicom import stacks

    monkeypatch.setattr(stacks, "MAX_VOLUME_BYTES", 1000)
    make().write(tmp_path)
    (info,) = find_series(tmp_path)
    assert "voxels are more than 8 GB" in info.reason
