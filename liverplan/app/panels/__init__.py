"""One panel a step: what to do next, and the few controls that it takes."""
