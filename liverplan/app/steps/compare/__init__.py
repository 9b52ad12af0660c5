"""Two CTs of one patient beside each other."""
