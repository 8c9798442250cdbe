"""What a server must survive: clients that go, lie or break off, rules that fail, unreadable files."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time

import pytest
from lsp_project import FILES, write
from lsp_wire import COMMAND, Raw, message
from lsprotocol import types as lsp

SERVICE = "src/cats.service.ts"
CONTROLLER = "src/cats.controller.ts"
pytestmark = pytest.mark.slow


@pytest.fixture
def raw(tmp_path, monkeypatch):
    monkeypatch.setenv("NESTWISE_CACHE_DIR", str(tmp_path / "cache"))
    started = []

    def start(*args, **more):
        started.append(Raw(*args, **more))
        return started[-1]

    yield start
    for server in started:
        server.kill()


# --- beginning and end ----------------------------------------------------------------------


def test_the_usual_end_is_a_good_one_and_quiet(raw, project):
    server = raw()
    server.hello(project)
    server.send("initialized", {})
    server.send("shutdown", id=2)
    assert server.answer(2)["result"] is None
    server.send("textDocument/hover", {}, id=3)
    assert server.answer(3)["error"]["code"] == -32600
    server.send("exit")
    assert server.end() == (0, "")


def test_exit_without_shutdown_is_a_bad_one(raw):
    server = raw()
    server.hello()
    server.send("exit")
    assert server.end() == (1, "")


@pytest.mark.parametrize("greeted", [True, False])
def test_it_ends_when_stdin_is_closed(raw, project, greeted):
    server = raw()
    if greeted:
        server.hello(project)
        server.send("initialized", {})
    assert server.end() == (1, "")


def test_it_ends_quietly_when_nobody_reads_its_answers(project, tmp_path):
    pipe, env = subprocess.PIPE, {**os.environ, "NESTWISE_CACHE_DIR": str(tmp_path / "cache")}
    server = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
    hello = {"processId": None, "rootUri": project.as_uri(), "capabilities": {}}
    server.stdin.write(message("initialize", hello, id=1))
    server.stdin.flush()
    assert server.stdout.readline().startswith(b"Content-Length")
    server.stdout.close()
    item = {"uri": (project / SERVICE).as_uri(), "languageId": "", "version": 1, "text": FILES[SERVICE]}
    server.stdin.write(message("textDocument/didOpen", {"textDocument": item}))
    server.stdin.flush()
    assert server.wait(timeout=20) == 1
    assert server.stderr.read() == b""


def test_it_ends_when_the_editor_has_gone(raw):
    editor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    server = raw()
    server.hello(processId=editor.pid)
    editor.communicate(b"\n")
    assert server.process.wait(timeout=20) == 1


def test_an_editor_in_another_container_is_not_missed(raw):
    server = raw()
    server.hello(processId=2**22 + 1)  # no such process here, and there never was
    time.sleep(0.3)
    server.send("shutdown", id=2)
    assert "result" in server.answer(2)


@pytest.mark.parametrize("extra", ["--stdio", "--clientProcessId=4711"])
def test_what_clients_add_to_the_command_is_taken(raw, project, extra):
    server = raw(extra)
    assert server.hello(project)["result"]["serverInfo"]["name"] == "nestwise"


def test_one_that_was_killed_while_it_read_leaves_nothing_broken(raw, project, add):
    add({f"src/many/{n}.ts": f"import '@nestjs/common';\nexport class A{n} {{}}\n" * 30 for n in range(400)})
    item = {"uri": (project / SERVICE).as_uri(), "languageId": "", "version": 1, "text": FILES[SERVICE]}
    for seconds in (0.0, 0.05, 0.2):
        server = raw()
        server.hello(project)
        server.send("initialized", {})
        time.sleep(seconds)
        server.kill()
    server = raw()
    server.hello(project)
    server.send("textDocument/didOpen", {"textDocument": item})
    while (found := server.receive()).get("method") != "textDocument/publishDiagnostics":
        assert found["params"].get("type") != lsp.MessageType.Error, found
    assert [d["code"] for d in found["params"]["diagnostics"]] == ["logging/no-console"]


def test_it_says_in_the_log_who_talks_to_whom(raw, project):
    server = raw()
    server.hello(project, clientInfo={"name": "Ed é😀", "version": "1.2"})
    server.send("initialized", {})
    while (found := server.receive()).get("method") != "window/logMessage":
        pass
    assert re.fullmatch(
        r"nestwise \S+, Python 3\.\d+\.\d+\S*, for Ed é😀 1\.2: columns in utf-16, diagnostics are pushed\.",
        found["params"]["message"],
    )


def test_over_tcp(raw, project):
    server = raw("--tcp", "127.0.0.1:0")
    port = int(re.search(rb":(\d+)", server.process.stderr.readline())[1])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}).encode()
        connection.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert b'"serverInfo":{"name":"nestwise"' in connection.recv(65536)
    assert server.process.wait(timeout=20) == 1


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:99999", "256.1.1.1:1"])
def test_a_wrong_address_is_wrong_use(raw, address):
    server = raw("--tcp", address)
    code, errors = server.end()
    assert code == 2
    assert address in errors
    assert "Traceback" not in errors
    assert "bug" not in errors


# --- messages that are not as they should be ------------------------------------------------


def test_requests_before_initialize_are_refused_and_notifications_dropped(raw, project):
    server = raw()
    uri = (project / SERVICE).as_uri()
    server.send(
        "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "x", "version": 1, "text": ""}}
    )
    server.send("textDocument/hover", {}, id="é")
    assert server.answer("é")["error"]["code"] == -32002
    assert "result" in server.hello(project)
    server.send("initialize", {}, id=5)
    assert server.answer(5)["error"]["code"] == -32600


def test_a_document_may_come_before_initialized(raw, project):
    server = raw()
    server.hello(project)
    item = {"uri": (project / SERVICE).as_uri(), "languageId": "", "version": 1, "text": FILES[SERVICE]}
    server.send("textDocument/didOpen", {"textDocument": item})
    while (found := server.receive()).get("method") != "textDocument/publishDiagnostics":
        pass
    assert [d["code"] for d in found["params"]["diagnostics"]] == ["logging/no-console"]
    server.send("initialized", {})
    server.send("textDocument/diagnostic", {"textDocument": {"uri": item["uri"]}}, id="7")
    assert len(server.answer("7")["result"]["items"]) == 1


def test_nonsense_is_answered_and_survived(raw, project):
    server = raw()
    server.hello(project)
    server.send("initialized", {})
    server.bytes(b'Content-Length: 3\r\n\r\n{"a')
    while (found := server.receive()).get("error") is None:
        pass
    assert (found["id"], found["error"]["code"]) == (None, -32700)
    server.bytes(b"X-Header: 1\r\n\r\ncontent-length:2\r\nContent-Type: x\r\n\r\n[]")
    assert server.receive()["error"]["code"] == -32700
    server.send("textDocument/documentSymbol", {}, id=2)
    assert server.answer(2)["error"]["code"] == -32601
    server.send("textDocument/hover", {"textDocument": 5}, id=3)
    assert server.answer(3)["error"]["code"] == -32602
    server.send("textDocument/didChange", {"textDocument": 5})
    server.send("$/unknown", {})
    server.send("workspace/unknown", {})
    for method in ("didChange", "didClose", "didSave"):  # of what was never opened
        params = {"textDocument": {"uri": "file:///no/a.ts", "version": 1}, "contentChanges": []}
        server.send(f"textDocument/{method}", params)
    server.send("workspace/didChangeWatchedFiles", {"changes": [{"uri": "git:/x", "type": 1}]})
    server.send("$/cancelRequest", {"id": 77})
    server.send("shutdown", id=4)
    assert server.answer(4)["result"] is None


@pytest.mark.parametrize(
    "capabilities",
    [
        None,
        [],
        {"textDocument": 3, "general": {"positionEncodings": "utf-8"}},
        {"general": {"positionEncodings": ["utf-7"]}},
    ],
    ids=str,
)
def test_capabilities_of_any_shape(raw, project, capabilities):
    server = raw()
    result = server.hello(project, capabilities=capabilities, workspaceFolders=3, clientInfo=[])["result"]
    assert result["capabilities"]["positionEncoding"] == "utf-16"


def test_a_request_that_is_cancelled_before_its_turn_is_not_done(raw, project):
    server = raw()
    server.hello(project)
    uri = (project / CONTROLLER).as_uri()
    text = FILES[CONTROLLER] + "export class A { m() { return [1, 2]; } }\n" * 3000
    item = {"uri": uri, "languageId": "typescript", "version": 1, "text": text}  # takes its time
    server.bytes(
        message("textDocument/didOpen", {"textDocument": item})
        + message("textDocument/codeAction", {"textDocument": 5}, id="one")
        + message("$/cancelRequest", {"id": "one"})
    )
    assert server.answer("one")["error"]["code"] == -32800


def test_positions_outside_of_the_text_are_clamped(raw, project):
    server = raw()
    server.hello(project)
    uri = (project / SERVICE).as_uri()
    item = {"uri": uri, "languageId": "typescript", "version": 1, "text": "import '@nestjs/common';\r\n😀"}
    server.send("textDocument/didOpen", {"textDocument": item})
    far = {"line": 90, "character": 90}
    changes = [
        {"range": {"start": far, "end": far}, "text": "\r\nconsole.log('\ud83d')"},  # half a pair
        {"range": {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 999}}, "text": "é"},
    ]
    server.send(
        "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": changes}
    )
    server.send("textDocument/diagnostic", {"textDocument": {"uri": uri}}, id=2)
    [found] = server.answer(2)["result"]["items"]
    assert found["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 11}}


# --- rules and files that fail --------------------------------------------------------------

RULE = """
from collections.abc import Iterator
from nestwise.api import Class, File, Finding, Fix, Project, rule

def explode(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    raise RuntimeError("the fix fails")
    yield

@rule(level="warning", since="1.0")
def crashes(cls: Class) -> Iterator[Finding]:
    print("printed by a rule")
    raise KeyError("é😀")
    yield

@rule(level="warning", since="1.0", fixes=explode)
def unfixable(cls: Class) -> Iterator[Finding]:
    yield Finding(cls.name_at.span, "a class")
"""


@pytest.fixture
def pack(tmp_path):
    """An installed package of rules; the environment in which it is found."""
    write(
        tmp_path / "site",
        {
            "boom/__init__.py": "",
            "boom/bad/__init__.py": "",
            "boom/bad/crashes.py": RULE,
            "boom/bad/crashes.md": "# bad/crashes\n\nIt fails.\n",
            "boom-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: boom\nVersion: 1.0\n",
            "boom-1.0.dist-info/entry_points.txt": "[nestwise.rules]\nboom = boom\n",
        },
    )
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])}


QUERY = """
from collections.abc import Iterator
from nestwise.api import File, Finding, Node, Project, rule, span_of

@rule(
    level="warning",
    since="1.0",
    when=b"debugger",
    query="(method_definition name: (_) @name body: (statement_block (debugger_statement) @statement))",
)
def stops(statement: Node, name: Node, file: File, project: Project) -> Iterator[Finding]:
    if file.text_of(name) != "calm":
        yield Finding(span_of(statement), f"{file.text_of(name)} stops here")
"""


@pytest.mark.asyncio
async def test_a_rule_with_a_query_is_run_on_every_version(start, pack, tmp_path):
    (tmp_path / "site/boom/bad/crashes.py").write_text(QUERY)
    editor = await start(env=pack)
    editor.open(SERVICE)
    assert await editor.rules(SERVICE) == ["logging/no-console"]
    editor.change(SERVICE, ("/* é😀 */ console", "/* é😀 */ debugger; console"))
    [found] = [d for d in await editor.found(SERVICE) if d.code == "bad/stops"]
    assert (found.message, editor.under(SERVICE, found)) == ("greet stops here", "debugger;")
    editor.change(SERVICE, ("import", "// é😀\nimport"))  # the method is as it was
    [found] = [d for d in await editor.found(SERVICE) if d.code == "bad/stops"]
    assert editor.under(SERVICE, found) == "debugger;"
    editor.change(SERVICE, ("greet", "calm"))
    assert await editor.rules(SERVICE) == ["logging/no-console"]


@pytest.mark.asyncio
async def test_a_rule_that_fails_is_told_of_once_and_alone(start, pack):
    editor = await start(env=pack)
    editor.open(SERVICE)
    assert sorted(await editor.rules(SERVICE)) == ["bad/unfixable", "logging/no-console"]
    for char in "abc":
        editor.change(SERVICE, ("name", char + "name"))
        await editor.found(SERVICE)
    assert len([text for text in editor.shown if "bad/crashes" in text]) == 1
    assert "KeyError: 'é😀'" in editor.shown[0]
    assert editor.log.count("Traceback") == 1
    offered = await editor.actions(SERVICE, editor.range(SERVICE, "CatsService"))
    assert [a.title for a in offered][:1] == ["Disable bad/unfixable for this line"]
    assert "the fix fails" in editor.log


@pytest.mark.asyncio
async def test_rules_that_cannot_be_loaded_are_told_of_and_stop_no_others(start, pack, tmp_path):
    write(tmp_path / "site", {"boom/bad/broken.py": "raise RuntimeError('é😀')\n"})
    editor = await start(env=pack)
    editor.open(SERVICE)
    assert sorted(await editor.rules(SERVICE)) == ["bad/unfixable", "logging/no-console"]
    [said] = [text for text in editor.shown if "boom.bad.broken" in text]
    assert "RuntimeError: é😀" in said
    assert "Update or uninstall" in said
    assert "broken.py" in editor.log
    done = subprocess.run(
        [sys.executable, "-m", "nestwise", "check", str(editor.root)],
        env={**os.environ, **pack, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "`boom.bad.broken` cannot be loaded (RuntimeError: é😀)" in done.stderr


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\0" * 500, "is not text"), (b"// a\n" * 1_000_000, "is 5 MB"), (None, "cannot be read")],
    ids=["binary", "large", "forbidden"],
)
async def test_a_file_that_cannot_be_read_is_told_of(start, project, content, reason):
    path = project / "src/odd.ts"
    if content is None:
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        path.write_text("")
        path.chmod(0)
    else:
        path.write_bytes(content)
    editor = await start()
    report = await editor.workspace()
    assert SERVICE in report
    assert f"src/odd.ts {reason}" in editor.log
    assert len([text for text in editor.shown if "src/odd.ts" in text]) == 1
    editor.disk(("src/odd.ts", lsp.FileChangeType.Changed))
    await editor.workspace()
    path.chmod(0o644)
    path.write_text("import '@nestjs/common';\nconsole.log(1);\n")
    editor.disk(("src/odd.ts", lsp.FileChangeType.Changed))
    await editor.until_rules("src/odd.ts", ["logging/no-console"])
    assert len([text for text in editor.shown if "src/odd.ts" in text]) == 1


@pytest.mark.asyncio
async def test_half_typed_and_odd_texts_are_normal(start):
    editor = await start()
    for text in (
        "",
        "\ufeff",
        "class {",
        "@",
        "@Controller(",
        "`${",
        "\r\r\r",
        "export class A { @Get() (",
        "\0" * 99,
    ):
        editor.open(CONTROLLER, text)
        await editor.found(CONTROLLER)
        editor.close(CONTROLLER)
    assert "Traceback" not in editor.log
    assert editor.shown == []
