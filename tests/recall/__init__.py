"""How much do the rules see? Break one convention at a time, and count what is reported.

`python -m tests.recall DIR [DIR…]`, or `make mutate DIR=…`. The mutations are in the modules named like
the families of rules; each says which rule must report it, and where.
"""

from importlib import import_module

FAMILIES = tuple(
    import_module(f"tests.recall.{name}")
    for name in ("thin_controller", "dto_validation", "guards", "logging", "errors")
)
