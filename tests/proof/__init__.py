"""Do fixes do what they promise? Every fix of every finding of a project, applied alone, in memory.

`python -m tests.proof DIR [DIR…]`, or `make prove DIR=…`.
"""
