"""The decoder process: reads jobs from stdin, writes frames to stdout, and may die.

Run by its path, not as part of the package, so that it starts quickly and shares nothing with
the process that it protects. Each job is a line of JSON with the length of the codestream,
then the codestream; each answer is a byte that says whether it failed and the length of what
follows: the frame's bytes, little endian, or the error's words.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import tempfile
import zlib
from typing import Any

JPEG_LOSSLESS = ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")
JPEG_LS = ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81")
RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"


def main() -> None:
    """Serve jobs until stdin closes."""
    _limit(int(sys.argv[1]))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        job = json.loads(line)
        data = source.read(job["length"])
        try:
            failed, answer = False, decode(job, data)
        except BaseException as error:  # noqa: BLE001 - native codecs raise even beside Exception
            failed, answer = True, f"{type(error).__name__}: {error}"[:200].encode()
        sink.write(struct.pack("<?L", failed, len(answer)) + answer)
        sink.flush()


def _limit(memory_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def decode(job: dict[str, Any], data: bytes) -> bytes:
    """Decode one frame to rows x columns values of ``bits_allocated`` bits, little endian."""
    syntax = job["syntax"]
    if syntax in JPEG_LOSSLESS:
        return _with_gdcm(job, data)
    if syntax == DEFLATED_FRAMES:
        return inflate(job, data)
    _check_declared_size(job, data)
    if syntax in JPEG_LS:
        import jpeg_ls  # type: ignore[import-untyped]  # noqa: PLC0415 - only if a frame needs it

        return bytes(jpeg_ls.decode_buffer(data)[0])
    return _with_pydicom(job, data)


def inflate(job: dict[str, Any], data: bytes) -> bytes:
    """Inflate one frame, no further than it may be long; single bits come unpacked."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    if job["bits_allocated"] != 1:
        return machine.decompress(data, job["frame_bytes"])
    return unpacked(job, machine.decompress(data, -(-job["rows"] * job["columns"] // 8)))


def unpacked(job: dict[str, Any], packed: bytes) -> bytes:
    """Spread single bits, the lowest first, over a byte each."""
    pixels = job["rows"] * job["columns"]
    return bytes((packed[n >> 3] >> (n & 7)) & 1 for n in range(pixels))


def _check_declared_size(job: dict[str, Any], data: bytes) -> None:
    """Refuse a codestream whose own header claims another size, before any memory is taken."""
    size = None
    if data[:4] == b"\xff\x4f\xff\x51":  # JPEG 2000: SOC, SIZ
        x1, y1, x0, y0 = struct.unpack(">4L", data[8:24])
        size = (y1 - y0, x1 - x0)
    elif data[:2] == b"\xff\xd8":  # JPEG-LS: the frame header is SOF55
        at = data.find(b"\xff\xf7")
        if at >= 0:
            size = struct.unpack(">HH", data[at + 5 : at + 9])
    if size is not None and tuple(size) != (job["rows"], job["columns"]):
        raise ValueError(f"the codestream is {size[0]} x {size[1]} pixels")


def _with_pydicom(job: dict[str, Any], data: bytes) -> bytes:
    from pydicom.encaps import encapsulate  # noqa: PLC0415 - only if a frame needs it
    from pydicom.pixels import get_decoder  # noqa: PLC0415
    from pydicom.uid import UID  # noqa: PLC0415

    syntax = UID(job["syntax"])
    if syntax == RLE and job["bits_allocated"] == 1:
        packed = {**job, "rows": 1, "columns": -(-job["rows"] * job["columns"] // 8)}
        return unpacked(job, _with_pydicom({**packed, "bits_allocated": 8, "bits_stored": 8}, data))
    decoder = get_decoder(syntax)
    frame, found = decoder.as_array(
        encapsulate([data]),
        index=0,
        raw=True,
        number_of_frames=1,
        rows=job["rows"],
        columns=job["columns"],
        samples_per_pixel=1,
        bits_allocated=job["bits_allocated"],
        bits_stored=job["bits_stored"],
        pixel_representation=int(job["signed"]),
        photometric_interpretation="MONOCHROME2",
        pixel_keyword="PixelData",
        transfer_syntax_uid=syntax,
        decoding_plugin="pydicom" if syntax == RLE else "",
    )
    del found
    width = max(job["bits_allocated"], 8) // 8
    return bytes(frame.astype(f"<{'i' if job['signed'] else 'u'}{width}", copy=False).tobytes())


def _with_gdcm(job: dict[str, Any], data: bytes) -> bytes:
    """JPEG lossless, by the GDCM inside SimpleITK, which reads files only."""
    import pydicom  # noqa: PLC0415
    import SimpleITK as sitk  # noqa: PLC0415
    from pydicom.encaps import encapsulate  # noqa: PLC0415

    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = job["syntax"]
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "1.2.3"
    dataset.Rows, dataset.Columns = job["rows"], job["columns"]
    dataset.BitsAllocated, dataset.BitsStored = job["bits_allocated"], job["bits_stored"]
    dataset.HighBit = job["bits_stored"] - 1
    dataset.PixelRepresentation = int(job["signed"])
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.PixelData = encapsulate([data])
    dataset["PixelData"].is_undefined_length = True
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "frame.dcm")  # noqa: PTH118 - no import more than needed
        dataset.save_as(path, enforce_file_format=True)
        frame = sitk.GetArrayFromImage(sitk.ReadImage(path, imageIO="GDCMImageIO"))
    width = job["bits_allocated"] // 8
    return bytes(frame[0].astype(f"<{'i' if job['signed'] else 'u'}{width}", copy=False).tobytes())


if __name__ == "__main__":
    main()
