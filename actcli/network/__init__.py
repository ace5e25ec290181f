"""Random networks of finite width: initialisers, and the passes forward and back in log scale."""
