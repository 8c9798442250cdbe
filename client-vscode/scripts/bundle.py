"""Collects what the server needs on one platform, for every Python that it runs on, in one folder.

The extension modules of wheels carry version and platform in their file names, so those of all Pythons fit
in one folder; all else must be equal in all of them, and is compared. Nothing is compiled: any machine can
do it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_GLIBC = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")
PLATFORMS = {
    "linux-x64": [f"{libc}_x86_64" for libc in _GLIBC],
    "linux-arm64": [f"{libc}_aarch64" for libc in _GLIBC],
    "darwin-x64": [f"macosx_{version}_x86_64" for version in ("10_15", "10_13", "10_12", "10_9")],
    "darwin-arm64": ["macosx_11_0_arm64"],
    "win32-x64": ["win_amd64"],
    "alpine-x64": ["musllinux_1_2_x86_64", "musllinux_1_1_x86_64"],
}
"""Tags of wheels for each target of VS Code, the newest system first."""
_NEVER_READ = (".pyi", ".c", ".h", "py.typed")
_OF_ONE_WHEEL = ("RECORD", "WHEEL", "sboms")
"""Files and folders of metadata that tell of one wheel and mean nothing once several are one."""


class BundleError(Exception):
    """The wheels do not make a whole; the text says which."""


def build_wheel(folder: Path) -> Path:
    """The wheel of this checkout."""
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(REPOSITORY))
    [wheel] = folder.glob("nestwise-*.whl")
    return wheel


def bundle(target: str, wheel: Path, out: Path) -> int:
    """Fill `out` anew with the libraries of `target` and the script that starts them; how many bytes.

    `wheel` is nestwise itself. Raises BundleError.
    """
    wheels = out.parent / ".wheels" / target
    shutil.rmtree(wheels, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    for python in PYTHONS:
        downloaded = wheels / python
        _download(target, python, wheel, downloaded)
        _check_whole(target, python, downloaded)
    libraries = out / "libs"
    different = {path.name: path for path in wheels.glob("*/*.whl")}
    for name in sorted(different):
        _unpack(different[name], libraries)
    shutil.copy2(Path(__file__).with_name("server.py"), out / "server.py")
    shutil.rmtree(wheels.parent)
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def _download(target: str, python: str, wheel: Path, folder: Path) -> None:
    options = ["--python-version", python, "--implementation", "cp", "--only-binary=:all:"]
    for abi in ("cp" + python.replace(".", ""), "abi3", "none"):
        options += ["--abi", abi]
    for platform in PLATFORMS[target]:
        options += ["--platform", platform]
    pins = str(REPOSITORY / "requirements-dev.txt")
    _pip("download", "--dest", str(folder), "--constraint", pins, *options, str(wheel))


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise BundleError(f"`pip {arguments[0]}` failed:\n{done.stdout.strip()}")


def _check_whole(target: str, python: str, folder: Path) -> None:
    """pip asks the conditions of dependencies of the Python that runs it: ask the one that is meant."""
    system, _, machine = target.partition("-")
    there = {canonicalize_name(path.name.split("-")[0]) for path in folder.glob("*.whl")}
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux" if system == "alpine" else system,
        "platform_system": {"darwin": "Darwin", "win32": "Windows"}.get(system, "Linux"),
        "os_name": "nt" if system == "win32" else "posix",
        "platform_machine": {"x64": "x86_64", "arm64": "aarch64"}[machine],
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    for path in folder.glob("*.whl"):
        for requirement in _requirements(path):
            wanted = requirement.marker is None or requirement.marker.evaluate(environment)
            if wanted and canonicalize_name(requirement.name) not in there:
                raise BundleError(f"{target}, Python {python}: {path.name} needs {requirement}")


def _requirements(wheel: Path) -> list[Requirement]:
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        fields = Parser().parsestr(archive.read(metadata).decode())
    return [Requirement(text) for text in fields.get_all("Requires-Dist", [])]


def _unpack(wheel: Path, libraries: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            path = Path(entry.filename)
            if entry.is_dir() or _unwanted(path):
                continue
            data, place = archive.read(entry), libraries / path
            if place.exists():
                if place.read_bytes() != data:
                    raise BundleError(f"{wheel.name} brings another {path} than a wheel before it")
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def _unwanted(path: Path) -> bool:
    if path.parts[0].endswith(".dist-info"):
        return path.parts[1] in _OF_ONE_WHEEL
    return path.parts[0].endswith(".data") or path.name.endswith(_NEVER_READ)
