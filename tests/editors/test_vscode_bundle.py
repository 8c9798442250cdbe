"""What a package of the VS Code extension brings along: the server with all its libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from obtain import ROOT

sys.path.insert(0, str(ROOT / "client-vscode" / "scripts"))
from bundle import BundleError, build_wheel, bundle
from package import UNIVERSAL, here

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bundled(wheel, tmp_path_factory) -> Path:
    """The folder `bundled/` of the package for this machine."""
    target = here()
    if target == UNIVERSAL:
        pytest.skip("no package of libraries is made for this machine")
    folder = tmp_path_factory.mktemp("é extension 😀") / "bundled"
    bundle(target, wheel, folder)
    return folder


def started(
    bundled: Path, byte_code: Path, *arguments: str, **more: object
) -> subprocess.CompletedProcess[bytes]:
    """As the extension starts it."""
    flags = ["-I", "-S", "-X", "utf8", "-X", f"pycache_prefix={byte_code}"]
    command = [sys.executable, *flags, str(bundled / "server.py"), *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, **more)


def test_it_says_that_this_python_can_run_it(bundled, tmp_path):
    done = started(bundled, tmp_path / "pyc", "--selftest")
    assert done.returncode == 0, done.stderr.decode()
    version = ".".join(str(part) for part in sys.version_info[:3])
    assert json.loads(done.stdout)["version"] == version


def test_it_serves_whatever_the_opened_folder_and_the_environment_have(bundled, tmp_path):
    for trap in ("json.py", "nestwise.py", "pygls.py", "sitecustomize.py"):
        (tmp_path / trap).write_text("raise SystemExit('code of the folder ran')\n")
    (tmp_path / "a.service.ts").write_text("/* é😀 */ console.log(1);\n")
    root = tmp_path.as_uri()
    initialize = {"processId": None, "rootUri": root, "capabilities": {}}
    messages = [
        {"id": 1, "method": "initialize", "params": initialize},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    sent = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)
    byte_code = tmp_path / "pyc"
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "NESTWISE_CACHE_DIR": str(tmp_path / "cache")}
    done = started(bundled, byte_code, "lsp", input=sent, cwd=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"name":"nestwise"' in done.stdout
    assert any(byte_code.rglob("session.*.pyc")), "the second start is not faster"
    assert not list(bundled.rglob("*.pyc")), "byte code was written where the extension lies"


def test_it_brings_the_rules_with_their_pages(bundled, tmp_path):
    rules = started(bundled, tmp_path, "rules").stdout.decode().splitlines()
    assert len(rules) > 50
    page = started(bundled, tmp_path, "explain", rules[0].split()[0]).stdout.decode()
    assert "## Why" in page


def test_licences_of_what_it_brings_come_along(bundled):
    for package in (bundled / "libs").glob("*.dist-info"):
        told = (package / "METADATA").read_text(encoding="utf-8")
        has_one = any(package.rglob("*LICEN[CS]E*")) or "License" in told
        assert has_one, package.name


def test_wheels_that_do_not_make_a_whole_are_refused(wheel, tmp_path, monkeypatch):
    import bundle as module

    monkeypatch.setattr(module, "PLATFORMS", {"linux-x64": ["plan9_x86_64"]})
    with pytest.raises(BundleError, match="pip download"):
        bundle("linux-x64", wheel, tmp_path / "out")
