"""``python -m liverplan_training``."""

import sys

from liverplan_training.commands import main

sys.exit(main())
