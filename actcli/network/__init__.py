"""Random networks of finite width: initialisers, and the forward and backward passes in log scale."""
