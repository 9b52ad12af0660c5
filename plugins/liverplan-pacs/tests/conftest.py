"""The misbehaving archives lie beside the tests, for whoever runs them alone too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
