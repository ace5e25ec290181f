"""Whether stated derivatives are right: points that matter, independent numbers, and a judgement at each."""
