"""The decoder process: what it makes of codestreams, and what becomes of its deaths and delays."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np
import psutil
import pytest
from pydicom.uid import UID, JPEG2000Lossless, JPEGLSLossless, RLELossless

from liverplan.dicom import choose_series, codec_process, codecs, find_series, read_series
from liverplan.dicom.codecs import Decoders
from liverplan.dicom.decode import pixel_bytes, stored_values
from liverplan.dicom.slice_reading import read_slices
from liverplan.dicom.slices import Slice
from liverplan.dicom.source import open_source
from liverplan.errors import CancelledError, DicomError

from .test_read import compress


def plane(name="x.dcm", **more):
    values = {"name": name, "rows": 4, "columns": 4, "bits_allocated": 16, "bits_stored": 16}
    return Slice(**{"syntax": UID(JPEGLSLossless), "high_bit": 15, **values, **more})


def frame_of(data):
    """Return the frame that a stand-in makes of a codestream: its last value, everywhere."""
    return bytes([data[-1], 0]) * 16


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return what puts other words in the place of decoding, in the child's own program."""

    def put(words):
        child = tmp_path / "child.py"
        child.write_text(
            "import os, pathlib, sys, time\n"
            f"sys.path.insert(0, {str(codec_process.CHILD.parent)!r})\n"
            "import codec_child\nimport numpy as np\nreal = codec_child.decode\n"
            f"here = pathlib.Path({str(tmp_path)!r})\n"
            "def decode(job, data):\n"
            + "".join(f"    {line}\n" for line in words.splitlines())
            + "    return np.full(16, data[-1], '<u2')\n"
            "codec_child.decode = decode\ncodec_child.main()\n"
        )
        monkeypatch.setattr(codec_process, "CHILD", child)

    codecs.forget_spare()
    yield put
    codecs.forget_spare()


def children():
    """Return the decoders that live; other tests of this process have children of their own."""
    program = str(codec_process.CHILD)
    alive = (c for c in psutil.Process().children() if c.status() != psutil.STATUS_ZOMBIE)
    return [child for child in alive if program in child.cmdline()]


@pytest.mark.parametrize(("signed", "values"), [(True, [-2000, 1999]), (False, [0, 4095])])
def test_a_codestream_of_the_other_sign_is_understood(signed, values):
    """Some encoders call signed values unsigned, and the other way round."""
    frame = np.array([values] * 4, np.int16).repeat(2, axis=1)
    other = frame & 0xFFF if signed else (frame.astype(np.int16) << 4) >> 4
    stream = imagecodecs.jpeg2k_encode(
        other.astype(np.uint16 if signed else np.int16), bitspersample=12, level=0, codecformat=0
    )
    one = plane(syntax=UID(JPEG2000Lossless), signed=signed, bits_stored=12, high_bit=11)
    with Decoders(1) as decoders:
        found = stored_values(decoders.decode(one, stream), one)
    np.testing.assert_array_equal(found, frame)


def test_real_codecs_give_the_uncompressed_pixels(real_data):
    """NEMA's sample slice in every codec."""
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


def test_a_decoder_that_dies_is_a_refusal_and_the_next_frame_works(stand_in):
    stand_in("if data == b'bad': os.abort()")
    with Decoders(1) as decoders:
        with pytest.raises(DicomError, match=r"x\.dcm: its compressed pixels crash the decoder"):
            decoders.decode(plane(), b"bad")
        assert decoders.decode(plane(), b"abc") == frame_of(b"abc")


def test_a_decoder_that_hangs_is_stopped(stand_in, monkeypatch):
    stand_in("time.sleep(60)")
    monkeypatch.setattr(codec_process, "FRAME_SECONDS", 0.3)
    with Decoders(1) as decoders, pytest.raises(DicomError, match="take too long to decode"):
        decoders.decode(plane(), b"abc")


def test_a_decoder_that_answers_nonsense_is_stopped(stand_in):
    stand_in("os.write(1, bytes([9, 0, 0, 0, 0, 0]))\ntime.sleep(60)")
    with Decoders(1) as decoders, pytest.raises(DicomError, match="crash the decoder"):
        decoders.decode(plane(), b"abc")


def test_a_wrong_amount_of_pixels_is_refused(stand_in):
    stand_in("return np.zeros(3, 'u1')")
    with Decoders(1) as decoders, pytest.raises(DicomError, match="holds 3 bytes of pixels"):
        decoders.decode(plane(), b"abc")


def together(decoders, names):
    """Decode frames at once, each from its name as codestream; frames and errors by name."""

    def one(name):
        try:
            return decoders.decode(plane(f"{name}.dcm"), name.encode())
        except DicomError as error:
            return str(error)

    with ThreadPoolExecutor(len(names)) as pool:
        return dict(zip(names, pool.map(one, names), strict=True))


GOOD = ["a", "b", "c", "d", "e"]

TROUBLES = [
    pytest.param("os.abort()", "its compressed pixels crash the decoder", id="crash"),
    pytest.param("os._exit(0)", "its compressed pixels crash the decoder", id="exit"),
    pytest.param("time.sleep(60)", "its pixels take too long to decode", id="hang"),
    pytest.param("raise ValueError", "its pixels cannot be decoded (ValueError)", id="error"),
    pytest.param("bytearray(1 << 40)", "its pixels cannot be decoded (MemoryError)", id="memory"),
]


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
@pytest.mark.parametrize("place", [0, 3])
def test_only_the_frame_at_fault_is_named(stand_in, monkeypatch, trouble, words, place):
    """Whatever it does to those that are being decoded beside it."""
    stand_in(f"time.sleep(0.05)\nif data == b'bad': {trouble}\ntime.sleep(0.05)")
    monkeypatch.setattr(codec_process, "FRAME_SECONDS", 2.0)
    names = [*GOOD[:place], "bad", *GOOD[place:]]
    with Decoders(2) as decoders:
        found = together(decoders, names)
        assert found.pop("bad") == f"bad.dcm: {words}"
        assert found == {name: frame_of(name.encode()) for name in GOOD}
        assert together(decoders, GOOD) == found
    assert not children()


def test_two_frames_at_fault_are_both_named(stand_in):
    stand_in("time.sleep(0.05)\nif data[:3] == b'bad': os.abort()")
    with Decoders(2) as decoders:
        found = together(decoders, ["bad1", "a", "bad2", "b"])
    words = "its compressed pixels crash the decoder"
    assert found == {
        "bad1": f"bad1.dcm: {words}",
        "bad2": f"bad2.dcm: {words}",
        "a": frame_of(b"a"),
        "b": frame_of(b"b"),
    }


def test_a_frame_that_failed_for_lack_of_memory_beside_others_succeeds_alone(stand_in):
    stand_in("flag = here / data.decode()\nif not flag.exists(): flag.touch(); raise MemoryError")
    with Decoders(2) as decoders:
        assert together(decoders, GOOD) == {name: frame_of(name.encode()) for name in GOOD}


def test_waiting_for_ones_turn_is_not_being_late(stand_in, monkeypatch):
    stand_in("time.sleep(0.8)")
    monkeypatch.setattr(codec_process, "FRAME_SECONDS", 1.5)
    with Decoders(2) as decoders:
        assert together(decoders, GOOD) == {name: frame_of(name.encode()) for name in GOOD}


def test_a_series_names_the_file_that_crashes_the_decoder(make, tmp_path, stand_in):
    for path in make(rows=32, columns=40).write(tmp_path / "ct"):
        compress(path, RLELossless)
    path = tmp_path / "ct" / "ct_003.dcm"
    data = path.read_bytes()
    path.write_bytes(data[:-16] + b"CRASH" + data[-11:])
    stand_in("if b'CRASH' in data: os.abort()\nreturn real(job, data)")
    info = choose_series(find_series(tmp_path / "ct"))
    with pytest.raises(DicomError, match=r"^ct_003\.dcm: its compressed pixels crash the decoder"):
        read_series(info)
    assert not children()


def test_reading_stops_soon_after_it_is_cancelled(make, tmp_path, stand_in):
    """Even while every decoder is busy with a frame that never ends."""
    for path in make(rows=32, columns=40).write(tmp_path / "ct"):
        compress(path, RLELossless)
    stand_in("time.sleep(60)")
    stop, asked = threading.Event(), []
    info = choose_series(find_series(tmp_path / "ct"))

    def cancel():
        asked.append(time.monotonic())
        stop.set()

    threading.Timer(0.5, cancel).start()
    with pytest.raises(CancelledError):
        read_series(info, cancel=stop)
    assert time.monotonic() - asked[0] < 1.0  # a tenth of that, where the machine is free
    assert not children()


def test_the_decoder_has_no_more_memory_than_its_limit():
    program = "import sys; sys.argv = ['x']; "
    program += f"sys.path.insert(0, {str(codec_process.CHILD.parent)!r}); import codec_child; "
    program += "codec_child._limit(512 * 1024**2); bytearray(1024**3)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "MemoryError" in done.stderr


def test_the_decoder_ends_with_its_owner_even_while_a_frame_hangs(stand_in):
    stand_in("time.sleep(60)")
    process = codec_process.Process(1)
    told = []

    def wait():
        with pytest.raises(DicomError) as caught:
            process.decode(plane(), b"a", 0)
        told.append(str(caught.value))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.5)
    process._process.stdin.close()  # as the system does when a process ends, however it ends
    assert process._process.wait(5) == 0
    waiting.join()
    process.end()
    assert told == ["x.dcm: its compressed pixels crash the decoder"]


def test_discovery_readies_a_decoder_for_compressed_series_only(make, tmp_path, stand_in):
    stand_in("return real(job, data)")
    make().write(tmp_path / "plain")
    for path in make(rows=32, columns=40).write(tmp_path / "ct"):
        compress(path, RLELossless)
    read_series(choose_series(find_series(tmp_path / "plain")))
    assert not children()
    info = choose_series(find_series(tmp_path / "ct"))
    assert len(children()) == 1
    find_series(tmp_path / "ct")
    assert len(children()) == 1
    read_series(info)
    assert not children()


def test_a_decoder_that_nobody_needs_ends_by_itself(stand_in, monkeypatch):
    stand_in("return real(job, data)")
    monkeypatch.setattr(codec_process, "SPARE_SECONDS", 0.3)
    codecs.prepare()
    (spare,) = children()
    assert psutil.wait_procs([spare], timeout=5)[0] == [spare]
    with Decoders(codecs.AT_ONCE) as decoders, pytest.raises(DicomError, match="cannot be decoded"):
        decoders.decode(plane(), b"no codestream")


def test_a_decoder_that_cannot_be_started_stops_reading_but_not_discovery(
    make, tmp_path, monkeypatch, stand_in
):
    for path in make(rows=32, columns=40).write(tmp_path):
        compress(path, RLELossless)
    stand_in("return real(job, data)")
    monkeypatch.setattr(codec_process.sys, "executable", str(tmp_path / "absent"))
    info = choose_series(find_series(tmp_path))
    with pytest.raises(DicomError, match=r"The decoder cannot be started: No such file"):
        read_series(info)


def test_a_fork_does_not_take_its_parents_decoder(stand_in):
    stand_in("return real(job, data)")
    codecs.prepare()
    assert codecs._spare._process.fresh
    codecs._spare._process._owner = os.getpid() + 1
    assert codecs._spare.taken(codecs.AT_ONCE) is None
