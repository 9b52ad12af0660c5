"""Where numba can keep nothing on disk, every command works as elsewhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import liverplan
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from tests.house.commands import commands

CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))

WORKS = """
assess {ct} --out case --liver {liver} --lesions {lesions} --plane {cut} --wedge 2:5
series {ct}
segment {ct} --out labels.nii.gz
measure case
suggest case
report case --out report.html
export case --out dicom
bids case --out bids --subject 1
verify case
sample written
demo --out demo
settings
protocol --out ours.toml
doctor
committee key lind.pem --public lind.pub
committee key dahl.pem --public dahl.pub
committee key ek.pem --public ek.pub
committee roster roster.toml --key lind.pem --member 'Ek;committee member;ek.pub;2026-01-31'
committee biopsied case --of M1 --name Lind
committee accept case --name Lind
committee sign case --as radiologist --name Lind --key lind.pem
committee sign case --as surgeon --name Dahl --key dahl.pem
committee vote case --vote for --name Ek --key ek.pem --reason Clear
committee match case case
case stamp case --request case.tsq
cohort run manifest.csv --out cohort --workers 1
cohort endpoints outcomes.csv --out endpoints --reference oncology
cohort overview cohort
cohort export-odm outcomes.csv --out outcomes.xml
cohort import-odm outcomes.xml --out tables
"""
REFUSED = """
app
committee growth case case
committee response case case --name Lind
pacs list --config absent.toml
pacs find nowhere --patient-id 1 --config absent.toml
pacs fetch nowhere 1.2 1.3 fetched --config absent.toml
pacs send nowhere report.html --config absent.toml
pacs worklist nowhere --date 20260131 --out fetched --config absent.toml
"""
"""In one sentence, for want of a screen, an archive or a second date."""

RUN = """
import functools, json, numba, shlex, sys
try:
    numba.njit(cache=True)(lambda x: x)
except RuntimeError as error:
    assert "no locator available" in str(error)
else:
    raise AssertionError("a cache could be kept after all")
import liverplan.phantom as phantom
from liverplan.cli import main
phantom.make_phantom = functools.partial(phantom.make_phantom, spacing_mm=(5.0, 2.5, 2.5))
ends = {}
if __name__ == "__main__":
    for line in json.load(sys.stdin):
        print(line, file=sys.stderr, flush=True)
        try:
            main(shlex.split(line))
        except SystemExit as end:
            ends[line] = end.code or 0
    print("\\n" + json.dumps(ends))
"""
"""Each in one process, as what one has compiled the next has; the sample is coarse."""


def lines(text, small):
    lesions = f"{small.lesions} --lesion-labels 1"  # a search round one takes the least
    words = {"ct": small.ct, "liver": small.liver, "lesions": lesions, "cut": CUT}
    return text.format(**words).strip().splitlines()


def outcomes():
    rows = ["id,arm,origin_date,last_seen_date,death_date"]
    for n in range(40):
        end = f"202{1 + n % 3}-0{1 + n % 9}-15"
        arm = "surgery" if n % 2 else "oncology"
        rows.append(f"p{n},{arm},2020-01-01,{end},{end if n % 4 else ''}")
    return "\n".join(rows)


def test_every_command_is_tried_here():
    tried = [line for line in (WORKS + REFUSED).splitlines() if line]
    assert {name for name in commands() for line in tried if line.startswith(name)} == set(
        commands()
    )


def test_every_command_works_where_no_machine_code_can_be_kept(small, tmp_path):
    (tmp_path / "script.py").write_text(RUN, "utf-8")
    (tmp_path / "outcomes.csv").write_text(outcomes(), "utf-8")
    row = f"p1,{small.ct},{small.liver},{small.lesions}"
    (tmp_path / "manifest.csv").write_text(f"id,path,liver,lesions\n{row}\n", "utf-8")
    (tmp_path / "no_folder").touch()
    place = {
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
        "NUMBA_CACHE_DIR": str(tmp_path / "no_folder" / "cache"),
        "PYTHONPATH": str(Path(liverplan.__file__).parents[1]),
        "DISPLAY": "",
        "WAYLAND_DISPLAY": "",
    }
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=os.environ | place,
        input=json.dumps([*lines(WORKS, small), *lines(REFUSED, small)]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "could not compile" not in done.stderr
    ends = json.loads(done.stdout.splitlines()[-1])
    expected = dict.fromkeys(lines(WORKS, small), 0) | dict.fromkeys(lines(REFUSED, small), 1)
    assert ends == expected, done.stderr
