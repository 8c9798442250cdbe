"""Domain errors become HTTP errors once, and leak nothing."""
