"""Fetches from honest archives, side by side with another checkout.

300 images of 512 x 512 (157 MB) by C-GET and C-MOVE from DCMTK's ``dcmqrscp``, and by DICOMweb; the
median of several fetches, in turn, each in a process of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from misbehaving import web
from misbehaving.images import SERIES, STUDY, dataset, encoded
from misbehaving.way import Way

ROOT = Path(__file__).parents[2]
IMAGES, SIDE, TIMES = 300, 512, 5
FETCH = f"""
import sys, time
from pathlib import Path
from liverplan.dicom.archive import FoundSeries, open_archive
archive = open_archive("ward", Path("pacs.toml"))
series = FoundSeries(study_uid="{STUDY}", series_uid="{SERIES}", modality="CT", images={IMAGES})
began = time.perf_counter()
archive.fetch(series, Path(sys.argv[1]))
print(time.perf_counter() - began)
"""
TABLE = """NetworkTCPPort = {port}
MaxPDUSize = 131072
MaxAssociations = 16
HostTable BEGIN
us = (LIVERPLAN, 127.0.0.1, {listen})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
PACS {store} RW (9, 1024mb) ANY
AETable END
"""


def side_by_side(base: Path) -> None:
    """Print how long an honest series takes, here and there."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for n in range(1, IMAGES + 1):
            (folder / f"{n}.dcm").write_bytes(encoded(dataset(n, side=SIDE)))
        files = sorted(folder.glob("*.dcm"))
        print(f"honest, {IMAGES} images, {sum(f.stat().st_size for f in files) / 1e6:.0f} MB:")
        with dcmqrscp(folder, files) as entry:
            compare("C-GET", folder, entry, base)
            compare("C-MOVE", folder, entry + 'retrieve = "move"\n', base)
        with web.serving(streaming(files)) as server:
            compare("DICOMweb", folder, server.settings, base)


def compare(name: str, folder: Path, entry: str, base: Path) -> None:
    """Fetch in turn; print the medians."""
    (folder / "pacs.toml").write_text(f"[archives.ward]\n{entry}")
    taken: dict[Path, list[float]] = {ROOT: [], base: []}
    for _ in range(TIMES):
        for checkout, seconds in taken.items():
            seconds.append(fetched(checkout, folder))
    here, there = (statistics.median(seconds) for seconds in taken.values())
    print(f"  {name:8} {here:5.2f} s here, {there:5.2f} s there", flush=True)


def fetched(checkout: Path, folder: Path) -> float:
    """Fetch once by the code of a checkout; return the seconds."""
    rooms = [str(checkout), str(checkout / "plugins" / "liverplan-pacs")]
    path = os.pathsep.join([*rooms, *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", FETCH, "ct"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(list((folder / "ct").iterdir())) == IMAGES
    shutil.rmtree(folder / "ct")
    return float(done.stdout)


def streaming(files: list[Path]) -> Way:
    """Return an honest way that sends files."""
    bodies = [file.read_bytes() for file in files]
    return Way(name="honest", act=lambda reply: reply.parts(bodies), asked="fetch", says="")


@contextlib.contextmanager
def dcmqrscp(folder: Path, files: list[Path]) -> Iterator[str]:
    """Run DCMTK's archive with the files in it; yield its entry in the configuration."""
    store = folder / "store"
    store.mkdir()
    port, listen = free_port(), free_port()
    held = [shutil.copy2(file, store) for file in files]
    subprocess.run(["dcmqridx", store, *held], check=True, capture_output=True)
    config = folder / "dcmqrscp.cfg"
    config.write_text(TABLE.format(port=port, listen=listen, store=store))
    process = subprocess.Popen(["dcmqrscp", "-c", config, str(port)], stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield (
            f'protocol = "dimse"\nhost = "127.0.0.1"\nport = {port}\ncalled_ae = "PACS"\n'
            f"listen_port = {listen}\n"
        )
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
