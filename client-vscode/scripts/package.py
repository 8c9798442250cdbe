"""Makes the packages of the extension: `package.py [TARGET…]`, `package.py all`, or `package.py universal`.

Without a target it is the one of this machine. `universal` has no libraries: it needs `uvx`, or
`nestwise.path`.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bundle import PLATFORMS, BundleError, build_wheel, bundle

CLIENT = Path(__file__).resolve().parents[1]
UNIVERSAL = "universal"


def main() -> int:
    parser = argparse.ArgumentParser(prog="package.py", description="Make packages of the VS Code extension.")
    choices = [*PLATFORMS, UNIVERSAL, "all"]
    parser.add_argument(
        "targets", nargs="*", choices=[*choices, []], metavar="TARGET", help=", ".join(choices)
    )
    targets = parser.parse_args().targets or [here()]
    try:
        for package in make(list(PLATFORMS) if "all" in targets else targets):
            print(package)
    except BundleError as error:
        print(f"package.py: {error}", file=sys.stderr)
        return 1
    return 0


def here() -> str:
    """The target of VS Code that this machine is."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, sys.platform)
    if system == "linux" and not platform.libc_ver()[0]:
        system = "alpine"
    machine = {"x86_64": "x64", "amd64": "x64", "arm64": "arm64", "aarch64": "arm64"}
    target = f"{system}-{machine.get(platform.machine().lower(), platform.machine())}"
    return target if target in PLATFORMS else UNIVERSAL


def make(targets: list[str]) -> list[Path]:
    """The packages of `targets`, beside package.json. Raises BundleError."""
    made = []
    version = json.loads((CLIENT / "package.json").read_text())["version"]
    _npm("run", "--silent", "build")
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_wheel(Path(folder))
        if wheel.name.split("-")[1] != version:
            raise BundleError(f"package.json says {version}, and the wheel is {wheel.name}")
        for target in targets:
            begun = time.monotonic()
            size = 0
            if target == UNIVERSAL:
                shutil.rmtree(CLIENT / "bundled", ignore_errors=True)
            else:
                size = bundle(target, wheel, CLIENT / "bundled")
            package = CLIENT / f"nestwise-{target}-{version}.vsix"
            _package(target, package)
            made.append(package)
            took = time.monotonic() - begun
            told = f"{package.stat().st_size / 1e6:.1f} MB, libraries {size / 1e6:.1f} MB, {took:.0f} s"
            print(f"{target}: {told}", file=sys.stderr)
    return made


def _package(target: str, package: Path) -> None:
    options = [] if target == UNIVERSAL else ["--target", target]
    # Relative links stay as they are: only a published repository has places that they could be rewritten to.
    options += ["--no-dependencies", "--no-rewrite-relative-links"]
    _npm("exec", "--", "vsce", "package", *options, "--out", str(package))


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise BundleError("this needs Node 20 or newer with npm; none was found on PATH")
    done = subprocess.run(
        [npm, *arguments], cwd=CLIENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise BundleError(f"`npm {' '.join(arguments)}` failed:\n{done.stdout.strip()}")


if __name__ == "__main__":
    sys.exit(main())
