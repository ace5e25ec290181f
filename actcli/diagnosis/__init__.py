"""What a network's numbers mean: predictions beside measurements, verdicts, precision floors and cures."""
