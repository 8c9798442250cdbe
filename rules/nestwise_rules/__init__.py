"""The rules that come with nestwise, one folder a family."""
