"""Real editors for the tests, in a folder of the checkout: unpacked Debian packages and npm packages.

Nothing of the machine is changed but what `debian_here` installs, and that only as root. Where an editor
cannot be had, the tests that need it say so and are skipped; on CI they fail: a test that never runs proves
nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EDITORS = Path(os.environ.get("NESTWISE_EDITORS", ROOT / ".editors"))
"""Where they are kept between runs; deleting it is always safe."""
SHOWN = ROOT / "tests" / "artefacts"
"""Screenshots and logs of the last run."""
_SOURCES = Path("/etc/apt/sources.list.d/debian.sources")


class Unavailable(Exception):
    """An editor cannot be had on this machine; the text says why."""


def needed(name: str, get: Callable[[], Path]) -> Path:
    """What `get` gives; without it the test is skipped, and fails on CI."""
    try:
        return get()
    except Unavailable as error:
        if os.environ.get("CI"):
            pytest.fail(f"{name} cannot be had: {error}", pytrace=False)
        print(f"\nSKIPPED, {name} cannot be had: {error}", file=sys.stderr)
        pytest.skip(f"{name} cannot be had: {error}")


@contextmanager
def once(name: str) -> Iterator[Path | None]:
    """A folder to be filled in by one process at a time; None if it was filled in before.

    What fails leaves no folder behind that looks complete.
    """
    EDITORS.mkdir(parents=True, exist_ok=True)
    with open(EDITORS / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder, ready = EDITORS / name, EDITORS / name / ".ready"
        if ready.exists():
            yield None
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield folder
        ready.touch()


def run(*command: str | Path, cwd: Path | None = None, **env: str) -> str:
    """The output of a command that makes an editor available; raises Unavailable if it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise Unavailable(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise Unavailable(
            f"`{' '.join(str(part) for part in command)[:200]}` failed: " + "\n".join(said[-15:])
        )
    return done.stdout


def debian(name: str, suites: str, *packages: str) -> Path:
    """Packages of Debian with all that they depend on, libc included, unpacked to a folder of their own.

    `suites`: names with commas between, the preferred one last. From the mirror that the machine uses.
    """
    with once(name) as folder:
        if folder is None:
            return EDITORS / name / "root"
        if not _SOURCES.exists() or not shutil.which("apt-get"):
            raise Unavailable("it is unpacked from Debian's packages, and this is no Debian")
        told = _SOURCES.read_text()
        mirror = re.search(r"^URIs: *(\S+)", told, re.M)
        signed = re.search(r"^Signed-By: *(\S+)", told, re.M)
        if mirror is None or signed is None:
            raise Unavailable(f"{_SOURCES} names no mirror")
        apt, root = folder / "apt", folder / "root"
        for part in (
            "state/lists/partial",
            "cache/archives/partial",
            "etc/apt.conf.d",
            "etc/preferences.d",
            "dpkg",
        ):
            (apt / part).mkdir(parents=True)
        root.mkdir()
        (apt / "dpkg/status").touch()
        lines = [f"deb [signed-by={signed[1]}] {mirror[1]} {suite} main\n" for suite in suites.split(",")]
        (apt / "etc/sources.list").write_text("".join(lines))
        (apt / "etc/sources.list.d").mkdir()
        settings = {
            "Dir::State": apt / "state",
            "Dir::State::status": apt / "dpkg/status",
            "Dir::Cache": apt / "cache",
            "Dir::Etc": apt / "etc",
            "APT::Sandbox::User": "root",
            "APT::Install-Recommends": "false",
            "Debug::NoLocking": "1",
        }
        options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
        run("apt-get", *options, "-qq", "update")
        preferred = suites.rsplit(",", 1)[-1]
        run("apt-get", *options, "-y", "-qq", "--download-only", "-t", preferred, "install", *packages)
        for package in sorted((apt / "cache/archives").glob("*.deb")):
            unpack = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink'
            run("sh", "-c", unpack, "sh", package, root)
        shutil.rmtree(apt)
    return EDITORS / name / "root"


def debian_here(*packages: str, program: str) -> Path:
    """A program on PATH, installed with the machine's own package manager where it is missing."""
    if found := shutil.which(program):
        return Path(found)
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise Unavailable(f"{program} is missing, and only root on Debian can install {' '.join(packages)}")
    EDITORS.mkdir(parents=True, exist_ok=True)
    with open(EDITORS / "apt.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shutil.which(program):
            run("apt-get", "-qq", "update")
            run(
                "apt-get", "-y", "-qq", "--no-install-recommends", "install", *packages,
                DEBIAN_FRONTEND="noninteractive",
            )  # fmt: skip
    if found := shutil.which(program):
        return Path(found)
    raise Unavailable(f"{' '.join(packages)} brought no {program}")


def npm(name: str, *packages: str) -> Path:
    """The `node_modules` with some npm packages at exact versions; none of their scripts run."""
    with once(name) as folder:
        if folder is not None:
            (folder / "package.json").write_text('{"private": true}\n')
            quiet = ("--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error")
            run("npm", "install", *quiet, *packages, cwd=folder)
    return EDITORS / name / "node_modules"


def pypi(name: str, *packages: str) -> Path:
    """The `bin` of an environment with some packages of PyPI at exact versions."""
    with once(name) as folder:
        if folder is not None:
            run(sys.executable, "-m", "venv", folder / "venv")
            quiet = ("--quiet", "--disable-pip-version-check")
            run(folder / "venv/bin/python", "-m", "pip", "install", *quiet, *packages)
    return EDITORS / name / "venv" / "bin"


def wheels(*requirements: str) -> Path:
    """A folder with the wheels of some packages and of all that they need, for this Python."""
    told = hashlib.sha256("\n".join((sys.version, *sorted(requirements))).encode()).hexdigest()
    name = f"wheels-{told[:12]}"
    with once(name) as folder:
        if folder is not None:
            quiet = ("--quiet", "--disable-pip-version-check", "--only-binary=:all:")
            run(sys.executable, "-m", "pip", "download", *quiet, "--dest", folder, *requirements)
    return EDITORS / name


def unpacked(root: Path, program: str, *arguments: str, **env: str) -> Path:
    """A command that runs a program of unpacked packages with their own libraries.

    What the program starts keeps the machine's. `{root}` in arguments and in the values of `env` is the
    folder.
    """
    loaders = [path for place in ("usr/lib64", "lib64", "lib") for path in root.glob(f"{place}/ld-linux-*")]
    if not loaders:
        raise Unavailable(f"the packages of {program} brought no loader for this kind of machine")
    libraries = [path for place in ("usr/lib", "lib") for path in root.glob(f"{place}/*-linux-gnu")]
    binary = (root / "usr/bin" / program).resolve()
    started = [loaders[0], "--argv0", binary, "--library-path", ":".join(map(str, libraries)), binary]
    quoted = shlex.join([*map(str, started), *(part.format(root=root) for part in arguments)])
    lines = [f"export {name}={shlex.quote(value.format(root=root))}\n" for name, value in env.items()]
    text = "#!/bin/sh\n" + "".join(lines) + f'exec {quoted} "$@"\n'
    command = root.parent / program
    if not command.exists() or command.read_text() != text:
        command.write_text(text)
        command.chmod(0o755)
    return command
