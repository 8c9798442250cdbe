"""Structured, with context, without secrets."""
