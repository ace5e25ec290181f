"""Where to look at a function: the window, the points in it, and the marks at jumps and steepest places."""
