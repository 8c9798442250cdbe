"""The questions that the project answers."""
