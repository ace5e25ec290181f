"""The built-in records by family; a file's name begins with the family of its records.

A family that outgrows one file goes on in another (`gated.py`, `gated_swish.py`). `gate.py`, `pieces.py`,
`spelling.py` and `zeros.py` hold what families share. Importing a file registers nothing.
"""
