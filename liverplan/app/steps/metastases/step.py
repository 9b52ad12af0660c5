"""The third step as a whole: its verbs, its tools and its panel."""

from __future__ import annotations

from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.slices.brush import BrushSettings
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.metastases.hinting import Hinting
from liverplan.app.steps.metastases.lesion_edits import LesionEdits
from liverplan.app.steps.metastases.lesions import Lesions
from liverplan.app.steps.metastases.mask_import import MaskImport
from liverplan.app.steps.metastases.panel import MetastasesPanel
from liverplan.segmentation import prompters


class MetastasesStep:
    """Outline the metastases, edit, confirm and delete each alone."""

    def __init__(self, context: Context, views: ThreeViews, brush: BrushSettings) -> None:
        backends = Backends(context, "prompters", prompters.find_prompters)
        self.lesions = Lesions(context, views, backends)
        self.edits = LesionEdits(context, views, self.lesions)
        self.masks = MaskImport(context)
        self.hinting = Hinting(context, views, self.lesions)
        self.panel = MetastasesPanel(
            context, views, brush, self.lesions, self.edits, self.masks, self.hinting
        )
        views.armed.connect(self._forget)
        context.session.subscribe(lambda topics: self._forget() if "history" in topics else None)

    def _forget(self) -> None:
        """Take away what was said of a step before: another has begun or is done."""
        self.panel.notice.say("")
