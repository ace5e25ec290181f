"""Mean-field theory of random deep networks, for any elementwise activation record.

expectation.expect(function, variance, breakpoints=()) → E[g(√q z)], z ~ N(0, 1)
correlation.expect_product(function, variance, correlation, breakpoints=()) → E[g(u) g(v)]
moments.moments_of(activation)(variance) → Moments: E φ, E φ², E φ′², dE φ²/dq, …
length.LengthMap(activation, sigma_w, sigma_b): the map, .fixed_points(), .settles(first_variance)
length.variances(activation, depth, sigma_w, sigma_b, first_variance) → q_1 … q_depth
gradient.gradient_line(activation, depth, sigma_w, sigma_b, first_variance) → log10 rms gradient per layer
finite_width.log_variances(layers, widths, first) → variance of ln |∂L/∂z|² over networks, layer by layer
meanfield.describe(activation, sigma_w, sigma_b, first_variance=1.0) → MeanField: q*, χ₁, phase, c*, scales
critical.criticality(activation), .critical_point(activation), .universality_class(activation)
basin.leading_input_std(activation, point) → inputs whose length goes to the q* of a critical point
critical.edge_of_chaos(activation, sigma_b) → EdgePoint, …
contours.contour(activation, chi_1, sigma_b, sigma_w) → the line of this χ₁ in the plane, 1 for the edge
normalised.normalised_critical_point(activation, centred) → (σ_w, σ_b) under RMSNorm, LayerNorm
spectrum.square_moments(layers, orthogonal) → mean and spread of the squared singular values
groups.group_line(vector_activation, depth, sigma_w, sigma_b, first_variance): maxout, gated units, pairs
groups.critical_groups(vector_activation) → EdgePoint or None
groups.describe_groups(vector_activation, sigma_w, sigma_b, first_variance) → MeanField
gains.gains(activation), .averages(activation), .torch_gain(activation)

Variances q are those of pre-activations; σ_w² is the variance of a weight times fan_in; φ is the activation.
Missing is None with a reason, never 0.
"""
