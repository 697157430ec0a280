"""Benchmarks, run by hand: each prints ratios against a floor that is measured in the same run."""
