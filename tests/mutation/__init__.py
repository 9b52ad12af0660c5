"""Whether a test fails when a rule is changed: ``python -m tests.mutation``."""
