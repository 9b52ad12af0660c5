"""What of a document is run as a command, and what is not."""

import re

import pytest

from tests.documents import DOCUMENTS, ROOT, blocks_of, once, why_skipped

PAGE = """
Some words, `inline` and

    liverplan series ct
    liverplan assess ct --out case \\
        --plane 1,2,3,1,0,0     (Windows: assess)

```console
$ liverplan demo   # a remark
```

```python
x = [
    1,
]
```

```toml
    [table]
```
"""


def test_commands_are_taken_as_a_reader_types_them():
    indented, fenced, python = blocks_of(PAGE)
    assert indented.lines == (
        "liverplan series ct",
        "liverplan assess ct --out case --plane 1,2,3,1,0,0",
    )
    assert fenced.lines == ("liverplan demo",)
    assert (python.kind, python.lines) == ("python", ("x = [", "    1,", "]"))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("scripts/test", "what runs the rest"),
        (".venv/bin/liverplan demo", "scripts/demo has run it"),
        (".venv/bin/python -m pytest --ignore tests/app tests", "has run this very command"),
        ("liverplan app case", "needs a screen"),
        ("liverplan cohort run m.csv --out o --scheduler tcp://a:1", "needs a scheduler"),
        ("liverplan assess ct --out case --backend onnx", "weights or a server"),
    ],
)
def test_what_is_not_run_has_its_reason(command, why):
    assert why in why_skipped(command)


@pytest.mark.parametrize(
    "command",
    [
        "scripts/demo",
        "liverplan demo --out elsewhere",
        "python -m pytest -q tests/test_volume.py",
        "liverplan assess ct --out case",
        "liverplan cohort run m.csv --out o",
        "LIVERPLAN_TEMPLATE_HU=80,140 liverplan segment ct --out l.nii.gz --backend density",
    ],
)
def test_everything_else_is_run(command):
    assert why_skipped(command) == ""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_has_commands_that_are_run(name):
    blocks = list(blocks_of((ROOT / name).read_text("utf-8")))
    assert any(not why_skipped(line) for block in blocks for line in block.lines)


def test_a_command_is_known_again_wherever_it_is_found():
    assert once(".venv/bin/liverplan demo") == once("liverplan demo")
    assert once("liverplan demo") != once("liverplan demo --out other")


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_no_page_of_the_site_has_a_command_that_nothing_runs(path):
    blocks = blocks_of(path.read_text("utf-8"))
    left = [one for block in blocks for one in block.run_alone if not why_skipped(one)]
    assert path.relative_to(ROOT).as_posix() in DOCUMENTS or left == []


CUT = re.compile(r"--(plane|wedge|resection|cut-vessel) \S")


def test_every_page_that_assesses_gives_a_cut_as_nothing_is_left_over_without_one():
    pages = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md"))
    blocks = [one for page in pages for one in blocks_of(page.read_text("utf-8"))]
    assessing = [line for one in blocks for line in one.lines if "liverplan assess " in line]
    assert len(assessing) > 8
    assert [line for line in assessing if not CUT.search(line)] == []


BY_NAME = re.compile(
    r"\bpip install (?:-\S+ |constraints\.txt )*[\"']?liverplan(?:\[|-[a-z])[^\s/]*"
)
"""It asks an index for a name that is not this project's there."""


def test_no_page_takes_liverplan_or_a_plugin_from_an_index_by_its_name():
    pages = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md"))
    assert BY_NAME.search("    pip install -U liverplan-onnx")
    assert BY_NAME.search('pip install "liverplan[app]"')
    found = {str(page): BY_NAME.findall(page.read_text("utf-8")) for page in pages}
    assert not {name: lines for name, lines in found.items() if lines}
