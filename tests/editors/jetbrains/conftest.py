"""A home folder with nestwise in it as the template's installer leaves it, and an IDE that speaks lsp4j."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from lsp4ij_installer import Installer, on_unix, words
from lsp4ij_project import FILES
from obtain import EDITORS, ROOT, debian_here, needed, once, run

TEMPLATE = ROOT / "client-jetbrains" / "nestwise"
JAVA = Path(__file__).parent / "java"
FACTS = ROOT / "tests" / "lsp" / "clients" / "lsp4ij-0.20.json"
"""What LSP4IJ announces."""
JARS = "coc-java@1.56.0"
"""An npm package that carries lsp4j 1.0.0, which is in no registry of the tests by itself."""


def _lsp4j() -> Path:
    debian_here("openjdk-17-jdk-headless", program="javac")
    with once(f"lsp4j-{JARS.partition('@')[2]}") as folder:
        if folder is not None:
            run("npm", "pack", "--silent", JARS, cwd=folder)
            [package] = folder.glob("*.tgz")
            parts = [
                f"package/server/plugins/{name}_*.jar" for name in ("com.google.gson", "org.eclipse.lsp4j*")
            ]
            run("tar", "-xzf", package, "-C", folder, "--strip-components=3", "--wildcards", *parts)
            package.unlink()
    return EDITORS / f"lsp4j-{JARS.partition('@')[2]}"


@pytest.fixture(scope="session")
def installer(index: dict[str, str], programs: Callable[..., str]) -> Callable[..., Installer]:
    """`installer(home, "uv")` is the template's, for a home folder and with these programs on PATH."""

    def make(home: Path, *names: str) -> Installer:
        template = json.loads((TEMPLATE / "template.json").read_text())
        env = {
            **index,
            "HOME": str(home),
            "PATH": programs(*names),
            "NESTWISE_CACHE_DIR": str(home / "cache"),
        }
        descriptor = json.loads((TEMPLATE / "installer.json").read_text())
        return Installer(descriptor, on_unix(template["programArgs"]), home, env)

    return make


@pytest.fixture(scope="session")
def installed(installer: Callable[..., Installer], tmp_path_factory) -> Installer:
    """nestwise as uv brought it, in a home folder with a blank in its name."""
    home = tmp_path_factory.mktemp("home") / "Zoé Bär"
    home.mkdir()
    made = installer(home, "uv", "python3")
    assert made.run(), made.output
    return made


class Ide:
    """The Java program, and what it does on request: `ide.do("open", file=…)`."""

    def __init__(self, command: list[str | Path], root: Path, stderr: Path) -> None:
        self.root = root
        self.stderr = stderr
        self.capabilities: dict[str, Any] = {}
        """The server's."""
        self._process = subprocess.Popen(
            [*command, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def do(self, what: str, **more: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, f"{what}: {answer['error']}\n{self.stderr.read_text()}"
        return answer["ok"]

    def end(self) -> None:
        self._process.communicate(timeout=20)


@pytest.fixture(scope="session")
def java(tmp_path_factory) -> list[str | Path]:
    """The command that runs the program; it lacks the folder of the project."""
    jars = needed("lsp4j", _lsp4j)
    classes = tmp_path_factory.mktemp("classes")
    done = subprocess.run(
        ["javac", "-d", classes, "-cp", f"{jars}/*", *sorted(JAVA.glob("*.java"))],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*:{classes}", "Main"]


@pytest.fixture
def ide(java: list[str | Path], installed: Installer, tmp_path: Path) -> Iterator[Ide]:
    """An IDE with the project open, whose server is started by the template's command line."""
    root = tmp_path / "cats é"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    announced = tmp_path / "capabilities.json"
    announced.write_text(json.dumps(json.loads(FACTS.read_text("utf-8"))["capabilities"]), "utf-8")
    ide = Ide(java, root, tmp_path / "stderr")
    ide.capabilities = ide.do(
        "start",
        command=words(installed.macros(installed.command)),
        env={
            "HOME": str(installed.home),
            "NESTWISE_CACHE_DIR": str(tmp_path / "cache"),
            "PYTHONDONTWRITEBYTECODE": "",
        },
        capabilities=str(announced),
        stderr=str(tmp_path / "stderr"),
    )["capabilities"]
    yield ide
    ide.end()
