"""The analyses: one function and one frozen report each; they take records, never names."""
