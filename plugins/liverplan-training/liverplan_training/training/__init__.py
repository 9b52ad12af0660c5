"""Training: patches, what is lost by a wrong answer, and the loop."""
