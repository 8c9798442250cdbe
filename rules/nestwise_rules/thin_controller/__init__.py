"""Parse and validate input, call one service, return."""
