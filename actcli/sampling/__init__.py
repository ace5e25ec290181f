"""Where to look at a function: the window, the points in it, and the steepest place."""
