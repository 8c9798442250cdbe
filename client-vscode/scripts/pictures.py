"""Makes the pictures of README.md anew: what the tests in real VS Code saw, with fewer colours.

Look at every one of them before you commit it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGES = REPOSITORY / "client-vscode" / "images"
SHOWN = REPOSITORY / "tests" / "artefacts"
PICTURES = ("findings", "routes", "graph")


def main() -> int:
    if shutil.which("pngquant") is None:
        print("pictures.py: pngquant is missing; Debian's package is called like that", file=sys.stderr)
        return 1
    tests = [sys.executable, "-m", "pytest", "-q", "tests/editors/vscode", "-k", "test_window"]
    if subprocess.run(tests, cwd=REPOSITORY).returncode:
        return 1
    for name in PICTURES:
        picture = IMAGES / f"{name}.png"
        reduced = ["pngquant", "--force", "--strip", "--speed=1", "--output", str(picture), "64"]
        subprocess.run([*reduced, str(SHOWN / f"vscode-{name}.png")], check=True)
        print(f"{picture.relative_to(REPOSITORY)}: {picture.stat().st_size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
