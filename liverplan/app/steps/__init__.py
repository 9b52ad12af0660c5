"""The steps from a CT to the committee, and the comparison of two CTs."""
