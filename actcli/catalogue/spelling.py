"""How a record writes down its framework spellings: many words, one set of defaults."""


def spelled(words: str, **values: float) -> dict[str, dict[str, float]]:
    """Return every word of `words` (separated by blanks) mapped to these parameters; join two with `|`."""
    return dict.fromkeys(words.split(), values)
