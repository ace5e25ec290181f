"""The command line: text in, one analysis call, text or a picture out."""
