"""The built-in records, one file a family; importing them registers nothing."""
