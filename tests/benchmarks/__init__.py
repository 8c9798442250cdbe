"""Benchmarks: a generated workspace of any size, and what nestwise takes to check and to serve it."""
