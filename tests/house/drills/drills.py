"""The drills: a cylinder, a criterion, a step's tool, a third language's word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.drills.scratch import Scratch


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What must be said of a change, once the other drills have made theirs.

    ``mypy`` are the files that it must name; of the tests of a file that pytest's ``-k`` chooses,
    one must fail and name ``word``; where ``word`` is empty all must pass.
    """

    mypy: frozenset[str] | None = None
    tests: str = ""
    chosen: str = ""
    word: str = ""

    @property
    def fails(self) -> str:
        """What the name of the test that must fail holds."""
        return self.chosen.split(" ")[0]


Drill = Callable[[Scratch], Iterator[Asked]]
NOTHING = Asked()

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


def cylinder(scratch: Scratch) -> Iterator[Asked]:
    """Add a kind of cut: one file, one word in the union; the rest is named."""
    text = Path(__file__).with_name("cylinder.txt").read_text("utf-8")
    scratch.write("liverplan/resection/cuts/cylinder.py", text)
    cuts = "liverplan/resection/cuts/__init__.py"
    scratch.put(cuts, FOLDED, IMPORTED + FOLDED)
    scratch.put(cuts, "| Parts\n", "| Parts | Cylinder\n")
    places = (CUT_WORDS, CUT_PANEL, CUT_FAULTS)
    yield Asked(mypy=frozenset(places), tests=KINDS, chosen="there_is_an_example", word="cylinder")
    for place in places:
        scratch.put(place, CUTS, IMPORTED + CUTS)
        scratch.put(place, "Sphere() | Wedge()", "Sphere() | Wedge() | Cylinder()")
    scratch.put(
        CUT_WORDS,
        '        case Ablation():\n            return en("ablation zone")\n',
        '        case Ablation():\n            return en("ablation zone")\n'
        '        case Cylinder():\n            return en("cylinder")\n',
    )
    example = "Cylinder(end_mm=(-30, 5, 3), direction=(-1, 0.5, 0), radius_mm=15)"
    examples = "tests/resection/kinds.py"
    scratch.put(examples, "EXAMPLES = {\n", f'EXAMPLES = {{\n    "cylinder": {example},\n')
    scratch.put(examples, CUTS, IMPORTED + CUTS)
    yield Asked(mypy=frozenset(), tests=KINDS, chosen="cylinder and words", word="cut_cylinder")
    for language in ("en", "sv"):
        file = f"liverplan/words/{language}.toml"
        scratch.put(file, "\ncut_sphere", '\ncut_cylinder = "cylinder"\ncut_sphere')
    yield Asked(tests=KINDS, chosen="cylinder")  # then it does all that a kind must


def criterion(scratch: Scratch) -> Iterator[Asked]:
    """Add what is computed, and a criterion that asks for it."""
    scratch.put(
        "liverplan/eligibility/protocol.py",
        'Literal["age_years", ',
        'Literal["age_years", "tumour_share", ',
    )
    scratch.put(
        "liverplan/eligibility/breclim2.toml",
        '\n[[criteria]]\nid = "age"',
        '\n[[criteria]]\nid = "burden"\ntitle = "Burden"\nrole = "inclusion"\n'
        'kind = "attested"\ntext = "Little"\nrequires = { consent = true }\nsource = "x"\n'
        '\n[[criteria]]\nid = "age"',
    )
    names = frozenset({MEASURES, PROTOCOL_FILE})
    yield Asked(mypy=names, tests=WORDS, chosen="bundled", word="criterion.burden")
    yield Asked(mypy=names)  # as long as nobody heeds it


def tool(scratch: Scratch) -> Iterator[Asked]:
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
    yield Asked(mypy=frozenset())


def language(scratch: Scratch) -> Iterator[Asked]:
    """Add a language that lacks a word: a file; the lack is named."""
    german = _german(scratch).replace("\ndecimal", "\n# decimal", 1)
    scratch.write("liverplan/words/de.toml", german)
    yield Asked(tests=WORDS, chosen="every_language_has", word="decimal")
    yield NOTHING
    scratch.write("liverplan/words/de.toml", _german(scratch))
    yield Asked(tests=WORDS, chosen="every_language_has")  # then it is spoken


def _german(scratch: Scratch) -> str:
    english = (scratch.folder / "liverplan/words/en.toml").read_text("utf-8")
    return english.replace('language = "en"', 'language = "de"')


DRILLS: tuple[Drill, ...] = (cylinder, criterion, tool, language)
