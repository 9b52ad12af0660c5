"""Which crossed branches the surgeon keeps: said and taken back, each a step to undo."""

from __future__ import annotations

from liverplan.app.kit.language import en
from liverplan.app.session.context import Context
from liverplan.findings import KeptBranch, SeveredBranch
from liverplan.resection.kept import KeptVessel
from liverplan.volumetry.supply.keeping import nearest_branch


class Keeping:
    """Changes what the active plan keeps."""

    def __init__(self, context: Context) -> None:
        self._session, self._live = context.session, context.live

    @property
    def locked(self) -> bool:
        """Whether nothing may be said now."""
        return self._session.work.locked

    def keep(self, branch: SeveredBranch) -> None:
        """Say that a branch is left whole, by the point halfway along it."""
        liver, work = self._live.liver, self._session.work
        if liver is None or liver.supply is None:
            return
        point = liver.supply.middle_mm(branch.tree, branch.name)
        kept = KeptVessel(point_mm=point, tree=branch.tree)
        self._session.do(en("keep vessel"), work.with_kept((*work.active_plan.kept, kept)))

    def release(self, branch: KeptBranch) -> None:
        """Take it back, by whatever points the branch is kept."""
        liver, work = self._live.liver, self._session.work
        trees = {} if liver is None or liver.supply is None else liver.supply.courses

        def is_other(kept: KeptVessel) -> bool:
            found = nearest_branch(kept, trees)
            if branch.name:
                return (found.tree, found.name) != (branch.tree, branch.name)
            return kept.point_mm != branch.point_mm

        kept = tuple(filter(is_other, work.active_plan.kept))
        self._session.do(en("give up vessel"), work.with_kept(kept))
