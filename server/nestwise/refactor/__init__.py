"""Refactorings of several files, as values: rules and code actions offer them."""
