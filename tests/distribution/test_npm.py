"""The npm package, from its tarball: with uv, with Python alone, with neither."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from obtain import ROOT

SOURCE = ROOT / "client-npm"
VERSION = json.loads((SOURCE / "package.json").read_text())["version"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tarball(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    pack = ["npm", "pack", "--silent", "--pack-destination", folder, SOURCE]
    subprocess.run(pack, check=True, capture_output=True)
    [packed] = folder.glob("*.tgz")
    return packed


@pytest.fixture(scope="module")
def installed(tarball, tmp_path_factory) -> Path:
    """A project that has it as a dependency, without any network."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{"private": true}')
    install = ["npm", "install", "--offline", "--no-fund", "--no-audit", "--silent", tarball]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache é")


@pytest.fixture
def start(installed, index, programs, cache):
    """`start("check", path, using=("uv",))`: the command that npm put into the project."""

    def run(*args: object, using: tuple[str, ...], kept: Path = cache, cwd: Path | None = None, **more: str):
        env = {**index, "PATH": programs("node", *using), "NESTWISE_CACHE_DIR": str(kept), **more}
        command = [installed / "node_modules/.bin/nestwise", *args]
        return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8")

    return run


def test_what_is_packed(tarball):
    listed = subprocess.run(["tar", "-tzf", tarball], check=True, capture_output=True, text=True)
    names = {name.removeprefix("package/") for name in listed.stdout.split()}
    assert names == {
        "package.json", "README.md", "LICENSE", "bin/nestwise.js",
        *(f"lib/{path.name}" for path in (SOURCE / "lib").iterdir()),
    }  # fmt: skip
    told = json.loads((SOURCE / "package.json").read_text())
    assert not {"dependencies", "optionalDependencies", "peerDependencies"} & set(told)
    assert not {"preinstall", "install", "postinstall"} & set(told["scripts"])
    assert (SOURCE / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_its_own_tests_pass():
    done = subprocess.run(["npm", "test", "--silent"], cwd=SOURCE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_types_are_right():
    """As the TypeScript compiler sees the comments."""
    tools = ROOT / "tests/node/node_modules"
    options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--module", "node16"]
    types = ["--types", "node", "--typeRoots", tools / "@types", "--resolveJsonModule"]
    sources = [*(SOURCE / "bin").iterdir(), *(SOURCE / "lib").iterdir(), *(SOURCE / "test").iterdir()]
    done = subprocess.run([tools / ".bin/tsc", *options, *types, *sources], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


class TestWithUv:
    """uv finds the Python here; elsewhere it brings one."""

    def test_installed_once(self, start, app):
        first = start("check", app, using=("uv", "python3"))
        assert first.returncode == 1, first.stderr
        assert "[logging/no-console]" in first.stdout
        assert "once, with uv" in first.stderr
        again = start("check", app, using=())
        assert (again.returncode, again.stderr) == (1, "")
        assert start("--version", using=()).stdout == f"nestwise {VERSION}\n"

    def test_exit_codes_are_its_own(self, start, app):
        assert start("check", app / "src/dogs.service.ts", using=("uv", "python3")).returncode == 0
        assert start("check", app / "none", using=("uv", "python3")).returncode == 2

    def test_npx_runs_it(self, start, installed, index, programs, cache):
        start("--version", using=("uv", "python3"))
        env = {**index, "PATH": programs("node", "npx", "sh"), "NESTWISE_CACHE_DIR": str(cache)}
        npx = ["npx", "--no-install", "nestwise", "--version"]
        done = subprocess.run(npx, cwd=installed, env=env, capture_output=True, text=True)
        assert done.stdout == f"nestwise {VERSION}\n", done.stderr

    def test_nothing_is_imported_from_the_folder_that_is_checked(self, start, app):
        for name in ("nestwise", "msgspec", "pathlib"):
            (app / f"{name}.py").write_text("raise SystemExit('taken over')")
        done = start("--version", using=("uv", "python3"), cwd=app)
        assert done.stdout == f"nestwise {VERSION}\n"
        done = start("--version", using=("uv", "python3"), PYTHONPATH=str(app))
        assert done.stdout == f"nestwise {VERSION}\n"

    def test_a_python_that_is_gone_is_replaced(self, start, tmp_path, programs):
        kept = tmp_path / "kept"
        start("--version", using=("uv", "python3"), kept=kept)
        [config] = kept.glob("npm/*/pyvenv.cfg")
        told = config.read_text().splitlines()
        config.write_text("\n".join("home = /gone" if line.startswith("home") else line for line in told))
        done = start("--version", using=("uv", "python3"), kept=kept)
        assert done.stdout == f"nestwise {VERSION}\n"
        assert "once, with uv" in done.stderr


class TestWithPython:
    def test_it_is_installed_with_pip(self, start, app, tmp_path):
        done = start("check", app, using=("python3",), kept=tmp_path)
        assert "once, with python3" in done.stderr
        assert "[logging/no-console]" in done.stdout

    def test_what_is_broken_off_is_not_taken_for_whole(self, start, index, tmp_path):
        done = start("--version", using=("python3",), kept=tmp_path, PIP_FIND_LINKS=str(tmp_path))
        assert done.returncode == 2
        assert f"nestwise=={VERSION}" in done.stderr
        assert list((tmp_path / "npm").iterdir()) == []

    def test_a_python_that_is_too_old_is_named(self, start, programs, tmp_path):
        old = tmp_path / "old"
        old.write_text("#!/bin/sh\necho 3 9\necho makes environments\n")
        old.chmod(0o755)
        done = start("--version", using=("sh", "uv"), kept=tmp_path, NESTWISE_PYTHON=str(old))
        assert done.returncode == 2
        assert "is Python 3.9" in done.stderr
        assert "https://docs.astral.sh/uv/" in done.stderr


def test_with_neither_it_says_what_to_install(start, tmp_path):
    done = start("check", using=(), kept=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nestwise: this needs uv, or Python 3.11 to 3.14, and found neither.\n")


def test_several_at_once_install_it_once(installed, index, programs, tmp_path):
    env = {**index, "PATH": programs("node", "uv", "python3"), "NESTWISE_CACHE_DIR": str(tmp_path)}
    asked = ["node", "-p", "`${process.platform}-${process.arch}`"]
    system = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    environment = f"{VERSION}-{system}"
    (tmp_path / "npm").mkdir()
    (tmp_path / "npm" / f"{environment}.lock").write_text("999999999")  # of a process that died
    command = [installed / "node_modules/.bin/nestwise", "--version"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, env=env, **pipes) for _ in range(4)]
    done = [process.communicate() for process in running]
    assert [out for out, _ in done] == [f"nestwise {VERSION}\n"] * 4
    assert sum("once, with uv" in err for _, err in done) == 1
    assert [path.name for path in (tmp_path / "npm").iterdir()] == [environment]


class TestAsServer:
    @pytest.fixture
    def server(self, start, installed, programs, cache):
        start("--version", using=("uv", "python3"))
        env = {"PATH": programs("node"), "NESTWISE_CACHE_DIR": str(cache)}
        command = [installed / "node_modules/.bin/nestwise", "lsp"]
        with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            yield process
            process.kill()

    @staticmethod
    def initialized(server) -> dict:
        params = {"processId": None, "rootUri": None, "capabilities": {}}
        body = json.dumps({"jsonrpc": "2.0", "id": "é", "method": "initialize", "params": params}).encode()
        server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        server.stdin.flush()
        length = int(server.stdout.readline().split(b":")[1])
        while server.stdout.readline().strip():
            pass
        return json.loads(server.stdout.read(length))

    def test_its_streams_are_the_servers(self, server):
        answer = self.initialized(server)
        assert (answer["id"], answer["result"]["serverInfo"]["name"]) == ("é", "nestwise")
        server.stdin.close()
        assert server.wait(20) == 1, "the client went without saying so"

    @pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
    def test_a_signal_ends_both(self, server, sent):
        self.initialized(server)
        [child] = children(server.pid)
        server.send_signal(sent)
        server.wait(20)
        end = time.monotonic() + 10
        while Path(f"/proc/{child}").exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert not Path(f"/proc/{child}").exists()


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and os.access(folder / "stat", os.R_OK):
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            if int(stat.rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(folder.name))
    return found
