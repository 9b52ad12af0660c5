"""What nobody foresaw: said as a notice, kept as a traceback in a log beside the cases."""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from types import TracebackType

from liverplan import log
from liverplan.app.kit.language import tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import unexpected
from liverplan.app.session.notices import WINDOW
from liverplan.plain import clean_lines

LOG = "faults.log"


def catch_faults(context: Context) -> None:
    """Let no exception on the screen's thread end the window, or go unsaid."""

    def hook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        words = clean_lines("".join(traceback.format_exception(kind, fault, trace)))
        sys.stderr.write(words)
        log.keep(fault)
        with suppress(OSError):
            context.home.mkdir(parents=True, exist_ok=True)
            with (context.home / LOG).open("a", encoding="utf-8") as file:
                file.write(words)
        what_to_do = tr("Your work is kept; undo the last step.")
        context.notices.say(WINDOW, f"{unexpected(fault)} {what_to_do}")

    sys.excepthook = hook
