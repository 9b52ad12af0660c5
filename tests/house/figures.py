"""The house in figures: how long, how typed, how tested, how documented."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.house.circles import circles_of
from tests.house.sources import Function, Source, aliases, functions, names_in, sources

_SIZE = r"(?:\.\.\.|[A-Za-z0-9]+)"
SHAPE = re.compile(rf"\({_SIZE}(?:, ?{_SIZE})+,?\)|\([A-Za-z0-9]+,\)")
"""Such as (k, j, i), (M, 3), (..., 3), (M,) or (3,)."""
ARRAYS = {"NDArray", "ArrayLike", "ndarray"}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is counted of one tree."""

    files: tuple[int, ...]
    longest_file: str
    functions: tuple[int, ...]
    longest_function: str
    rooms: dict[str, tuple[int, int]]
    """Lines of code and of tests."""
    isinstance_of_cuts: int
    any: int
    type_ignore: int
    circles: tuple[tuple[str, ...], ...]
    app_modules: int
    over_arrays: int
    without_shape: tuple[str, ...]

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield each figure's name and value."""
        yield "files", str(len(self.files))
        yield "lines a file, median", f"{median(self.files):g}"
        yield "lines a file, 90th percentile", f"{quantiles(self.files, n=10)[-1]:.0f}"
        yield "lines a file, longest", f"{max(self.files)} {self.longest_file}"
        yield "functions", str(len(self.functions))
        yield "lines a function, median", f"{median(self.functions):g}"
        yield "lines a function, longest", f"{max(self.functions)} {self.longest_function}"
        short = sum(length <= 25 for length in self.functions) / len(self.functions)
        yield "functions up to 25 lines", f"{100 * short:.1f} %"
        yield "isinstance over kinds of cuts", str(self.isinstance_of_cuts)
        yield "Any", str(self.any)
        yield "type: ignore", str(self.type_ignore)
        yield "import circles", str(len(self.circles))
        yield "modules in app/", str(self.app_modules)
        yield "public functions over arrays", str(self.over_arrays)
        yield "  without a shape in their docstring", str(len(self.without_shape))
        for room, (code, tests) in self.rooms.items():
            yield f"test:code {room}", f"{tests / code:.2f}  ({tests}:{code})"


def figures_of(root: Path) -> Figures:
    """Count everything of a checkout."""
    code = sources(root, "liverplan")
    tests = sources(root, "tests")
    every = [function for source in code for function in functions(source)]
    over_arrays = list(_over_arrays(every, aliases(code)))
    longest_file = max(code, key=lambda source: source.lines)
    longest = max(every, key=lambda function: function.lines)
    return Figures(
        files=tuple(source.lines for source in code),
        longest_file=str(longest_file.path),
        functions=tuple(function.lines for function in every),
        longest_function=longest.place,
        rooms=_by_room(code, tests),
        isinstance_of_cuts=_isinstance_of(_kinds(root), code),
        any=sum(_count_any(source) for source in code),
        type_ignore=sum(source.text.count("# type: ignore") for source in code),
        circles=circles_of(root),
        app_modules=sum(source.path.parts[1] == "app" for source in code),
        over_arrays=len(over_arrays),
        without_shape=tuple(f.place for f in over_arrays if not _says_shape(f)),
    )


def _by_room(code: Sequence[Source], tests: Sequence[Source]) -> dict[str, tuple[int, int]]:
    """Return lines of code and of tests by room; the core's are all but the application's."""
    written = Counter[str]()
    tested = Counter[str]()
    for source in code:
        written[Path(source.path.parts[1]).stem] += source.lines
    for source in tests:
        tested[Path(source.path.parts[1]).stem.removeprefix("test_")] += source.lines
    tested["cli"] += sum(tested[name] for name in list(tested) if name.startswith("cli_"))
    rooms = {room: (lines, tested[room]) for room, lines in written.most_common()}
    total = (written.total() - written["app"], sum(s.lines for s in tests) - tested["app"])
    return {"core (all but app)": total, **rooms}


def _kinds(root: Path) -> set[str]:
    """The kinds of cuts: what the union `Cut` names."""
    return names_in(aliases(sources(root, "liverplan/resection"))["Cut"])


def _isinstance_of(kinds: set[str], code: Sequence[Source]) -> int:
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and bool(names_in(node.args[1]) & kinds)
        for source in code
        for node in ast.walk(source.tree)
    )


def _count_any(source: Source) -> int:
    return sum(isinstance(n, ast.Name) and n.id == "Any" for n in ast.walk(source.tree))


def _over_arrays(every: Sequence[Function], named: dict[str, ast.expr]) -> Iterator[Function]:
    """Yield the public functions that take or give arrays, by their annotations."""
    arrays = ARRAYS | {name for name, value in named.items() if names_in(value) & ARRAYS}
    for function in every:
        if function.public and any(names_in(a) & arrays for a in function.annotations()):
            yield function


def _says_shape(function: Function) -> bool:
    return bool(SHAPE.search(ast.get_docstring(function.node) or ""))
