"""The benchmark runs, on small livers, and reaches what does not depend on speed or size."""

import json

from tests.benchmarks import volumetry


def test_the_benchmark_prints_every_item_and_writes_json(tmp_path, monkeypatch, capsys):
    target = tmp_path / "figures.json"
    monkeypatch.setattr("sys.argv", ["volumetry", "--quick", "--json", str(target)])
    volumetry.main()
    rows = json.loads(target.read_text())
    assert {row["item"] for row in rows} == {1, 2, 3, 4, 5, 6}
    assert len(capsys.readouterr().out.splitlines()) == len(rows) + 1
    sure = ("exact against", "fast against", "remnant +", "change under", "most that", "flip")
    for row in rows:
        if row["what"].startswith(sure):
            assert row["reached"], row
