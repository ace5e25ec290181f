"""Networks of infinite width: Gaussian expectations, the length map, susceptibilities and critical points."""
