"""What is built once for all tests: the packages that users install."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "editors"))
from obtain import ROOT, needed, pypi, wheels

UV = "uv==0.13.9"


def _built(kind: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout."""
    return _built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory) -> Path:
    """The source distribution of this checkout."""
    return _built("sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def index(wheel, tmp_path_factory) -> dict[str, str]:
    """What tells pip and uv where the wheel of this checkout is, and what it takes to build and run it."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    requirements = [*told["project"]["dependencies"], *told["build-system"]["requires"]]
    others = needed("what nestwise depends on", lambda: wheels(*requirements))
    folder = tmp_path_factory.mktemp("index")
    for one in (wheel, *others.glob("*.whl")):
        shutil.copy(one, folder)
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(folder),
        "UV_CACHE_DIR": str(tmp_path_factory.mktemp("uv")),
        "UV_PYTHON_DOWNLOADS": "never",
    }


@pytest.fixture(scope="session")
def programs(tmp_path_factory) -> Callable[..., str]:
    """`programs("uv", "sh")` is a PATH with these alone; `python3` is the one that the tests run with."""

    def path(*names: str) -> str:
        folder = tmp_path_factory.mktemp("bin")
        for name in names:
            if name in ("uv", "uvx"):
                found: str | Path | None = needed("uv", lambda: pypi(UV.replace("==", "-"), UV)) / name
            elif name.startswith("python"):
                found = Path(sys._base_executable)  # type: ignore[attr-defined]
            else:
                found = shutil.which(name)
            assert found, f"{name} is missing on this machine"
            (folder / name).symlink_to(found)
        return str(folder)

    return path
