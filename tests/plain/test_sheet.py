"""CSV as spreadsheets write it: one content, whatever separates and encodes it."""

import pytest

from liverplan.errors import InputError
from liverplan.plain.sheet import comma_hint, read_sheet

CELLS = [("id", "path", "plane"), ("p1", "ct/å", "0,0,50,1,0,0"), ("p2", "a;b", 'say "x"')]


def written(path, separator, encoding, end="\r\n", start=""):
    lines = [separator.join(map(quoted, row)) for row in CELLS]
    path.write_bytes((start + end.join(lines) + end).encode(encoding))
    return path


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',;\t"') else cell


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_every_way_of_writing_a_table_is_the_same_table(tmp_path, separator, encoding, end):
    sheet = read_sheet(written(tmp_path / "t.csv", separator, encoding, end), "table")
    assert [sheet.header, *(cells for _, cells in sheet.lines)] == CELLS
    assert sheet.faults == []


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_first_line_may_say_what_separates(tmp_path, separator):
    path = written(tmp_path / "t.csv", separator, "utf-8", start=f"sep={separator}\r\n")
    assert read_sheet(path, "table").by_column[0][1]["plane"] == "0,0,50,1,0,0"


def test_lines_keep_their_numbers_and_short_ones_end_in_nothing(tmp_path):
    (tmp_path / "t.csv").write_text("a;b\n\n1\n1;2;3\n")
    sheet = read_sheet(tmp_path / "t.csv", "table")
    assert sheet.by_column[0] == (3, {"a": "1", "b": ""})
    assert sheet.faults == ["line 4 has more values than columns"]


@pytest.mark.parametrize(
    "content",
    [b"a,b\n\xe5,1\n", b'a,b\n"1,2\n', b"\xff\xfea\x00b", "a,b\n1,2".encode("utf-16")[2:] * 3],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"no CSV file in UTF-8.*save it as CSV UTF-8"):
        read_sheet(tmp_path / "t.csv", "table")


@pytest.mark.parametrize(
    ("text", "hint"),
    [("3,5", "write 3.5, with a point"), ("-1,25", "-1.25"), ("3.5", ""), ("a,b", "")],
)
def test_a_decimal_comma_is_named(text, hint):
    assert hint in comma_hint(text)
    assert bool(hint) == bool(comma_hint(text))
