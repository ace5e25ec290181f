"""How reports look: on a terminal, as data, as pictures."""
