"""Starts the server whose libraries lie beside this file, in whatever Python the editor found.

`--selftest` prints as JSON that this Python can run it, or says why not and fails. Older Pythons, too, must
be able to read this file, or nobody tells them that they are too old.
"""

import os
import sys

OLDEST, NEWEST = (3, 11), (3, 14)
LIBRARIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libs")
NATIVE = ("tree_sitter", "tree_sitter_typescript", "pydantic_core", "msgspec")
"""Made for one version of Python, one system and one processor."""


def selftest():
    import json

    found = "%s %d.%d.%d" % ((sys.implementation.name,) + sys.version_info[:3])
    if sys.implementation.name != "cpython" or not OLDEST <= sys.version_info[:2] <= NEWEST:
        return found + " is no CPython of 3.11 to 3.14"
    for name in NATIVE:
        try:
            __import__(name)
        except ImportError as error:
            return "%s cannot load %s: %s" % (found, name, error)
    print(json.dumps({"executable": sys.executable, "version": found.split()[1]}))
    return None


sys.path.insert(0, LIBRARIES)
if sys.argv[1:] == ["--selftest"]:
    sys.exit(selftest())

from nestwise.cli import main  # noqa: E402

sys.exit(main())
