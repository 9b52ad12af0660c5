"""What the protocol says of the numbers: criteria as data, judged strictly."""
