"""Pixels: depths, byte orders, codecs, rescaling, padding; and what damaged ones get."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from liverplan.dicom import Headers, choose_series, codecs, find_series, read_series
from liverplan.dicom.decode import stored_values
from liverplan.dicom.slices import Slice
from liverplan.errors import CancelledError, DicomError

from .made import expected_hu


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
    assert any("padding of -3024 HU" in note for note in low.notes)
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


@pytest.mark.parametrize(("signed", "values"), [(True, [-2000, 1999]), (False, [0, 4095])])
def test_a_codestream_of_the_other_sign_is_understood(signed, values):
    """Some encoders call signed values unsigned, and the other way round."""
    frame = np.array([values] * 4, np.int16).repeat(2, axis=1)
    other = frame & 0xFFF if signed else (frame.astype(np.int16) << 4) >> 4
    stream = imagecodecs.jpeg2k_encode(
        other.astype(np.uint16 if signed else np.int16), bitspersample=12, level=0, codecformat=0
    )
    one = plane(syntax=UID(JPEG2000Lossless), signed=signed, bits_stored=12, high_bit=11)
    with codecs.Decoders(1) as decoders:
        found = stored_values(decoders.decode(one, stream), one)
    np.testing.assert_array_equal(found, frame)


def test_real_codecs_give_the_uncompressed_pixels(real_data):
    """NEMA's sample slice in every codec."""
    from liverplan.dicom.codecs import Decoders
    from liverplan.dicom.decode import pixel_bytes
    from liverplan.dicom.slices import read_slices
    from liverplan.dicom.source import open_source

    frames = {}
    path = real_data / "dicom_edge/wg04_ct_codecs.zip"
    with open_source(path) as source, Decoders(1) as decoders:
        for entry in source.entries:
            if "CT1" not in entry.name or entry.name.endswith(".zst"):
                continue
            with source.open(entry.name) as stream:
                (plane,) = read_slices(stream, entry.name)
            data = decoders.decode(plane, pixel_bytes(source, plane))
            frames[entry.name[-4:]] = stored_values(data, plane).astype(int)
    exact = frames.pop("JPLL")
    for name in ("_RLE", "JLSL", "J2KR"):
        np.testing.assert_array_equal(frames.pop(name), exact, err_msg=name)
    for name, lossy in frames.items():  # near-lossless JPEG-LS and lossy JPEG 2000
        assert np.corrcoef(lossy.ravel(), exact.ravel())[0, 1] > 0.99, name


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


def plane(**more):
    values = {"name": "x.dcm", "rows": 4, "columns": 4, "bits_allocated": 16, "bits_stored": 16}
    return Slice(**{"syntax": UID(JPEGLSLossless), "high_bit": 15, **values, **more})


def stand_in(tmp_path, monkeypatch, program):
    """Put another program in the place of the decoder child."""
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(codecs, "CHILD", child)


def test_a_decoder_that_dies_is_a_refusal_and_the_next_frame_works(tmp_path, monkeypatch):
    answer = "sys.stdout.buffer.write(bytes([0, 0, 32, 0, 0, 0]))"
    flag = tmp_path / "died"
    stand_in(
        tmp_path,
        monkeypatch,
        "import os, sys, pathlib\nsys.stdin.buffer.readline()\n"
        f"flag = pathlib.Path({str(flag)!r})\n"
        f"if not flag.exists():\n    flag.touch()\n    os.abort()\n{answer}\n",
    )
    with codecs.Decoders(1) as decoders:
        with pytest.raises(DicomError, match=r"x\.dcm: its compressed pixels crash the decoder"):
            decoders.decode(plane(), b"abc")
        assert decoders.decode(plane(), b"abc") == b"abc" + bytes(29)  # the slot as it was left


BOMB_AMONG_OTHERS = """
import os, pathlib, sys, time
sys.path.insert(0, {folder!r})
import codec_child

def decode(job, data):
    time.sleep(0.02)
    if data == b"bomb":
        os.abort()
    if data == b"bad":
        raise ValueError("no codestream")
    return codec_child.np.full(job["frame_bytes"], data[0], codec_child.np.uint8)

codec_child.decode = decode
codec_child.main()
"""


@pytest.mark.parametrize(("data", "words"), [(b"bomb", "crash the decoder"), (b"bad", "no codes")])
def test_a_frame_that_fails_among_others_is_named_and_they_are_not(
    tmp_path, monkeypatch, data, words
):
    stand_in(tmp_path, monkeypatch, BOMB_AMONG_OTHERS.format(folder=str(codecs.CHILD.parent)))
    streams = {f"{n}.dcm": data if n == 7 else bytes([n]) for n in range(16)}
    said = {}
    with codecs.Decoders(2) as decoders, ThreadPoolExecutor(4) as pool:

        def one(name):
            try:
                said[name] = decoders.decode(plane(name=name), streams[name])
            except DicomError as error:
                said[name] = str(error)

        list(pool.map(one, streams))
    culprit = said.pop("7.dcm")
    assert culprit.startswith("7.dcm: its ")
    assert words in culprit
    assert said == {name: streams[name] * 32 for name in said}


def test_a_decoder_that_hangs_is_stopped(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "import time\ntime.sleep(60)\n")
    monkeypatch.setattr(codecs, "FRAME_SECONDS", 0.3)
    with codecs.Decoders(1) as decoders, pytest.raises(DicomError, match="take too long to decode"):
        decoders.decode(plane(), b"abc")


def test_the_decoder_has_no_more_memory_than_its_limit():
    program = "import sys; sys.argv = ['x']; "
    program += f"sys.path.insert(0, {str(codecs.CHILD.parent)!r}); import codec_child; "
    program += "codec_child._limit(512 * 1024**2); bytearray(1024**3)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "MemoryError" in done.stderr


def test_a_wrong_amount_of_pixels_is_refused(tmp_path, monkeypatch):
    stand_in(
        tmp_path,
        monkeypatch,
        "import sys\nsys.stdin.buffer.readline()\n"
        "sys.stdout.buffer.write(bytes([0, 0, 3, 0, 0, 0]))\n",
    )
    with codecs.Decoders(1) as decoders, pytest.raises(DicomError, match="holds 3 bytes of pixels"):
        decoders.decode(plane(), b"abc")


def test_progress_ends_at_one(make, tmp_path):
    make().write(tmp_path)
    told = []
    read(tmp_path, progress=lambda fraction, words: told.append((fraction, words)))
    assert told[-1] == (1.0, "Read 6 of 6 slices")
    assert [f for f, _ in told] == sorted(f for f, _ in told)


def test_reading_stops_soon_after_it_is_cancelled(tmp_path, monkeypatch, make):
    """Even while a decoder is busy with a frame that never ends."""
    for path in make(rows=32, columns=40).write(tmp_path / "ct"):
        compress(path, RLELossless)
    stand_in(tmp_path, monkeypatch, "import time\ntime.sleep(60)\n")
    stop = threading.Event()
    info = choose_series(find_series(tmp_path / "ct"))
    threading.Timer(0.2, stop.set).start()
    begun = time.monotonic()
    with pytest.raises(CancelledError):
        read_series(info, cancel=stop)
    assert time.monotonic() - begun < 10


def test_headers_survive_json(make, tmp_path):
    import json

    make().write(tmp_path)
    headers = read(tmp_path).headers
    again = Headers.from_json(json.loads(json.dumps(headers.to_json())))
    assert again == headers
    assert str(again.dataset().PatientName) == "Doe^Jane"
    assert [image.position_mm[2] for image in again.images] == [100.0 + 2 * k for k in range(6)]
    with pytest.raises(ValueError, match=r"liverplan\.headers/1"):
        Headers.from_json({"schema": "x"})


def test_a_volume_too_large_for_memory_is_refused(make, tmp_path, monkeypatch):
    from liverplan.dicom import find

    monkeypatch.setattr(find, "MAX_VOLUME_BYTES", 1000)
    make().write(tmp_path)
    (info,) = find_series(tmp_path)
    assert "voxels are more than 8 GB" in info.reason
