"""Dask's dashboard: for this machine only, and only where it is asked for."""

import sys
from urllib.parse import urlsplit

import psutil
import pytest

from liverplan.cli import cohort as commands
from liverplan.cohort import run_cohort
from liverplan.cohort.cluster import cluster_client
from liverplan.errors import BackendError, InputError
from tests.cohort.pages import fetched


def listening():
    """(host, port) of every port on which this process or a child of it answers."""
    ours = psutil.Process()
    found = [c for p in (ours, *ours.children(recursive=True)) for c in p.net_connections("tcp")]
    return {tuple(c.laddr) for c in found if c.status == psutil.CONN_LISTEN}


def test_a_dashboard_that_is_asked_for_answers_on_this_machine_only(tmp_path):
    before, links = listening(), []
    with cluster_client(tmp_path, scheduler=None, workers=1, dashboard=links.append):
        opened = listening() - before
        (link,) = links
        place = urlsplit(link)
        assert (place.hostname, place.port) in opened
        assert {host for host, _ in opened} == {"127.0.0.1"}
        status, shown = fetched(link)
        assert (status, place.path) == (200, "/status")
        assert "bokeh" in shown
        assert "://cdn" not in shown
    assert not listening() - before


def test_without_it_no_page_is_served_even_where_bokeh_is_installed(tmp_path):
    with cluster_client(tmp_path, scheduler=None, workers=1) as client:
        assert fetched(client.dashboard_link)[0] == 404


def test_without_bokeh_the_line_that_installs_it_is_named_before_any_work(
    write_manifest, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "bokeh", None)
    with pytest.raises(BackendError, match=r"need bokeh.*pip install \S+\[dashboard\]"):
        run_cohort(write_manifest(1), tmp_path / "out", dashboard=print)
    assert not (tmp_path / "out").exists()


def test_another_scheduler_s_dashboard_is_its_own(write_manifest, tmp_path):
    with pytest.raises(InputError, match="tcp://there:1 has its own"):
        run_cohort(write_manifest(1), tmp_path, scheduler="tcp://there:1", dashboard=print)


def test_the_option_asks_for_it_and_the_link_is_said_beside_the_result(
    write_manifest, tmp_path, monkeypatch, capsys
):
    def ran(*_, dashboard, **__):
        if dashboard is not None:
            dashboard("http://127.0.0.1:1/status")
        raise InputError("enough")

    monkeypatch.setattr(commands.cohort, "run_cohort", ran)
    line = ["run", str(tmp_path / "m.csv"), "--out", str(tmp_path)]
    for asked, said in (([], ""), (["--dashboard"], "http://127.0.0.1:1/status\n")):
        with pytest.raises(InputError, match="enough"):
            commands.app([*line, *asked], standalone_mode=False)
        printed = capsys.readouterr()
        assert (printed.out, printed.err[-len(said) :] if said else printed.err) == ("", said)
