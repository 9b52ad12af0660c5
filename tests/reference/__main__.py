"""Write the table, or compare with it; see the package's own words."""

import argparse
import tempfile
import time
from pathlib import Path

import liverplan
from tests.reference import asking, ircadb, library, tables
from tests.reference.comparing import differences, explained, moved


def ask(data, only=""):
    """(part, row, answer) for every row whose name holds ``only``."""
    with tempfile.TemporaryDirectory() as folder:
        asker = asking.Asker(Path(folder).resolve() / "torso")
        for name, answer in library.rows(asker.inputs).items():
            yield "library", name, answer
        for name, row in asking.rows().items():
            if only in name:
                yield "torso", name, row(asker)
        for name, row in ircadb.rows().items() if data else ():
            if only in name:
                yield "ircadb01", name, row(asker, data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared" / "data")
    chosen = parser.parse_args()
    data = chosen.data / "ircadb01"
    print(f"of {Path(liverplan.__file__).parent}")
    parts, begun = {part: {} for part in tables.PARTS}, time.perf_counter()
    for part, name, answer in ask(data if data.is_dir() else None, chosen.only):
        parts[part][name] = answer
        print(f"{time.perf_counter() - begun:6.1f} s  {part}  {name}")
        begun = time.perf_counter()
    if chosen.write:
        tables.write("machine", tables.machine())
        for part, rows in parts.items():
            if rows:
                tables.write(part, {**(tables.read(part) if chosen.only else {}), **rows})
        return
    for part, rows in parts.items():
        table = tables.read(part)
        for name, answer in rows.items():
            open_, absent = explained(name, differences(table[name], answer), moved())
            for difference in open_:
                print(f"{part}  {name}  {difference}")
            for entry in absent:
                print(f"{part}  {name}  did not happen: {entry}")


if __name__ == "__main__":
    main()
