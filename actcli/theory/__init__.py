"""Mean-field theory of random deep networks, for any elementwise activation record.

expectation.expect(function, variance, breakpoints=()) → E[g(√q z)], z ~ N(0, 1)
moments.moments_of(activation)(variance) → Moments: E φ, E φ², E φ′, E φ′², E φ′⁴, dE φ²/dq
length.LengthMap(activation, sigma_w, sigma_b): the map, .fixed_points(), .settles(first_variance)
length.variances(activation, depth, sigma_w, sigma_b, first_variance) → q_1 … q_depth
gradient.gradient_line(activation, depth, sigma_w, sigma_b, first_variance) → log10 rms gradient per layer
meanfield.describe(activation, sigma_w, sigma_b, first_variance=1.0) → MeanField
critical.criticality(activation), .critical_point(activation), .universality_class(activation),
critical.edge_of_chaos(activation, sigma_b), .edge_curve(activation, variances)
gains.gains(activation), .averages(activation), .torch_gain(activation)

Variances q are those of pre-activations; σ_w² is the variance of a weight times fan_in; φ is the activation.
Missing is None with a reason, never 0.
"""
