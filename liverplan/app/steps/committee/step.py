"""The sixth step as a whole: its verbs and its panel."""

from __future__ import annotations

from collections.abc import Callable

from liverplan.app.session.context import Context
from liverplan.app.steps.committee.checking import Checking
from liverplan.app.steps.committee.keys import Keys
from liverplan.app.steps.committee.panel import CommitteePanel
from liverplan.app.steps.committee.signing import Signing


class CommitteeStep:
    """Sign and vote; ``waits`` says what the result waits for."""

    def __init__(self, context: Context, waits: Callable[[], str]) -> None:
        self.keys = Keys(context)
        self.signing = Signing(context, self.keys)
        checking = Checking(context, self.keys.folder)
        self.panel = CommitteePanel(context, self.keys, self.signing, checking, waits)
