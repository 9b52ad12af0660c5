"""The drills: a cylinder, a criterion, a step's tool, a third language's word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.house.drills.scratch import Scratch

Said = Iterator[tuple[str, object]]
"""What was asked of a checker, and what it answered; the tests hold the one to the other."""

CUT_WORDS = "liverplan/app/session/cut_words.py"
CUT_PANEL = "liverplan/app/steps/resection/panel.py"
CUT_FAULTS = "liverplan/volumetry/faults.py"
MEASURES = "liverplan/eligibility/measures/__init__.py"
PROTOCOL_FILE = "liverplan/eligibility/protocol_file.py"
KINDS = "tests/resection/test_kinds.py"
WORDS = "tests/words/test_completeness.py"

IMPORTED = "from liverplan.resection.cuts.cylinder import Cylinder\n"
FOLDED = "from liverplan.resection.cuts.folded"
CUTS = "from liverplan.resection import ("


def cylinder(scratch: Scratch) -> Said:
    """Add a kind of cut: one file, one word in the union; the rest is named."""
    text = Path(__file__).with_name("cylinder.txt").read_text("utf-8")
    scratch.write("liverplan/resection/cuts/cylinder.py", text)
    cuts = "liverplan/resection/cuts/__init__.py"
    scratch.put(cuts, FOLDED, IMPORTED + FOLDED)
    scratch.put(cuts, "| Parts\n", "| Parts | Cylinder\n")
    yield "mypy names", scratch.mypy()
    yield "a test names", "cylinder" in scratch.failing(KINDS, "-k", "there_is_an_example")
    for place in (CUT_WORDS, CUT_PANEL, CUT_FAULTS):
        scratch.put(place, CUTS, IMPORTED + CUTS)
        scratch.put(place, "Sphere() | Wedge()", "Sphere() | Wedge() | Cylinder()")
    scratch.put(
        CUT_WORDS,
        '        case Ablation():\n            return "ablation zone"\n',
        '        case Ablation():\n            return "ablation zone"\n'
        '        case Cylinder():\n            return "cylinder"\n',
    )
    example = "Cylinder(end_mm=(-30, 5, 3), direction=(-1, 0.5, 0), radius_mm=15)"
    examples = "tests/resection/kinds.py"
    scratch.put(examples, "EXAMPLES = {\n", f'EXAMPLES = {{\n    "cylinder": {example},\n')
    scratch.put(examples, CUTS, IMPORTED + CUTS)
    yield "mypy then names", scratch.mypy()
    yield (
        "a test names its word",
        "cut_cylinder" in scratch.failing(KINDS, "-k", "cylinder and words"),
    )
    for language in ("en", "sv"):
        file = f"liverplan/words/{language}.toml"
        scratch.put(file, "\ncut_sphere", '\ncut_cylinder = "cylinder"\ncut_sphere')
    yield "then it does all that a kind must", scratch.failing(KINDS, "-k", "cylinder") == ""


def criterion(scratch: Scratch) -> Said:
    """Add what is computed, and a criterion that asks for it."""
    scratch.put(
        "liverplan/eligibility/protocol.py",
        'Literal["age_years", ',
        'Literal["age_years", "tumour_share", ',
    )
    yield "mypy names", scratch.mypy()
    scratch.put(
        "liverplan/eligibility/breclim2.toml",
        '\n[[criteria]]\nid = "age"',
        '\n[[criteria]]\nid = "burden"\ntitle = "Burden"\nrole = "inclusion"\n'
        'kind = "attested"\ntext = "Little"\nrequires = { consent = true }\nsource = "x"\n'
        '\n[[criteria]]\nid = "age"',
    )
    yield "a test names its word", "criterion.burden" in scratch.failing(WORDS, "-k", "bundled")


def tool(scratch: Scratch) -> Said:
    """Add a tool to a step: one class, made and armed by its step; nothing else is told."""
    scratch.write(
        "liverplan/app/steps/metastases/measure_tool.py",
        '"""Two clicks measure a length."""\n\nfrom __future__ import annotations\n\n'
        "from liverplan.app.slices.tool import PointsTool\n\n\n"
        'class MeasureTool(PointsTool):\n    """Collects two points."""\n\n'
        '    words = "Click two points"\n\n    def clicked(self) -> None:\n'
        '        """Begin anew after the second."""\n'
        "        if len(self.points_mm) == 2:\n            self.begin()\n",
    )
    yield "mypy names", scratch.mypy()


def language(scratch: Scratch) -> Said:
    """Add a language that lacks a word: a file; the lack is named."""
    file = "liverplan/words/de.toml"
    english = (scratch.folder / "liverplan/words/en.toml").read_text("utf-8")
    german = english.replace('language = "en"', 'language = "de"')
    scratch.write(file, german.replace("\ndecimal", "\n# decimal", 1))
    yield "a test names its word", "decimal" in scratch.failing(WORDS, "-k", "every_language")
    scratch.write(file, german)
    yield "then it is spoken", scratch.failing(WORDS, "-k", "every_language") == ""


DRILLS: dict[str, tuple[Callable[[Scratch], Said], list[object]]] = {
    "cylinder": (cylinder, [{CUT_WORDS, CUT_PANEL, CUT_FAULTS}, True, set(), True, True]),
    "criterion": (criterion, [{MEASURES, PROTOCOL_FILE}, True]),
    "tool": (tool, [set()]),
    "language": (language, [True, True]),
}
"""Each drill, and what must be answered in turn."""
