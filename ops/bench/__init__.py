"""Benches: how fast the product is, beside named baselines in the same run."""
