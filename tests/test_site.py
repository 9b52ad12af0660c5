"""The site's own tools: what is gathered, what counts as run, what is told of a link."""

import json

import pytest

from docs import gather, notebooks
from tests.site import Page, broken

GOOD = '<h1 id="here">Here</h1><a href="#here">up</a><img src="a.png"><a href="https://b.example">b</a>'


def pages_of(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    (folder / "a.png").touch()
    return {path.resolve(): Page(path) for path in sorted(folder.glob("*.html"))}


def test_a_sound_page_is_passed_over_in_silence(tmp_path):
    assert list(broken(pages_of(tmp_path, good=GOOD))) == []


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ('<a href="absent.html">x</a>', "absent.html leads nowhere"),
        ('<a href="good.html#absent">x</a>', "good.html#absent leads nowhere"),
        ('<img src="absent.png">', "absent.png leads nowhere"),
        ('<script src="https://cdn.example/x.js"></script>', "loads https://cdn.example/x.js"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_and_what_comes_from_elsewhere(tmp_path, part, said):
    (fault,) = broken(pages_of(tmp_path, good=GOOD, bad=part))
    assert said in fault


def test_every_page_is_gathered_and_its_links_lead_from_page_to_page(tmp_path):
    gather.gather(tmp_path)
    known = gather.pages()
    assert all((tmp_path / page).is_file() for page in known.values() if page.endswith(".md"))
    text = (tmp_path / known["docs/howto/own_protocol.md"]).read_text("utf-8")
    assert "(../reference/contributing.md#a-criterion-of-your-own)" in text
    assert "(../files/liverplan/eligibility/breclim2.toml)" in text
    assert (tmp_path / "files/liverplan/eligibility/breclim2.toml").is_file()


def test_a_link_to_a_file_that_is_not_there_stops_the_build(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text("[x](absent.toml) `[y](absent.toml)`", "utf-8")
    monkeypatch.setattr(gather, "ROOT", tmp_path)
    monkeypatch.setattr(gather, "pages", lambda: {"page.md": "page.md"})
    with pytest.raises(SystemExit, match=r"page\.md has a link to absent\.toml, which is not"):
        gather.gather(tmp_path / "out")


@pytest.mark.parametrize(
    ("count", "source", "run"),
    [(3, ["1 + 1"], True), (None, ["1 + 1"], False), (3, ["2 + 2"], False)],
)
def test_a_notebook_counts_as_run_if_it_is_what_is_written_and_ran_to_its_end(
    tmp_path, count, source, run
):
    written, copy = tmp_path / "written.ipynb", tmp_path / "copy.ipynb"
    for path, number, lines in ((written, None, ["1 + 1"]), (copy, count, source)):
        cell = {"cell_type": "code", "execution_count": number, "source": lines}
        path.write_text(json.dumps({"cells": [cell]}), "utf-8")
    assert notebooks.is_run(written, copy) is run
    assert not notebooks.is_run(written, tmp_path / "absent.ipynb")


def test_of_a_view_that_turns_a_page_has_the_picture_and_nothing_that_loads_a_script():
    views = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "image/png": "iVBO"}
    ran = {
        "metadata": {"language_info": {}, "widgets": {"state": "large"}},
        "cells": [{"outputs": [{"data": views}, {"text": "said"}]}, {"cell_type": "markdown"}],
    }
    page = notebooks.still(ran)
    assert page["metadata"] == {"language_info": {}}
    assert page["cells"][0]["outputs"] == [{"data": {"image/png": "iVBO"}}, {"text": "said"}]
