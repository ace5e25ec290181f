"""What the numbers of a network mean: predictions beside measurements, verdicts, precision floors and cures."""
