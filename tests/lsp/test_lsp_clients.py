"""Conversations with every editor of which there is a recording: what it announces, how it goes about it.

`clients/*.json` hold the facts: what each puts into `initialize`, and how it behaves. Each must be given what
it can take, in its own columns, and nothing else.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lsp_project import FILES, write
from lsp_wire import HERE, Recorded

CLIENTS = sorted(path.stem for path in (HERE / "clients").iterdir())
UNWATCHED = [name for name in CLIENTS if name.startswith(("neovim", "ale", "kate"))]
SERVICE = "src/cats.service.ts"
CONTROLLER = "src/cats.controller.ts"
MODULE = "src/app.module.ts"
GUARDED = (
    FILES[MODULE]
    .replace("providers: []", "providers: [{ provide: APP_GUARD, useClass: AuthGuard }]")
    .replace(
        "import",
        "import { APP_GUARD } from '@nestjs/core';\nimport { AuthGuard } from './auth.guard';\nimport",
        1,
    )
)

pytestmark = pytest.mark.slow


@pytest.fixture
def talk(project, tmp_path, monkeypatch):
    monkeypatch.setenv("NESTWISE_CACHE_DIR", str(tmp_path / "cache"))
    started = []

    def begin(client: str, root: Path = project) -> Recorded:
        started.append(Recorded(client, root))
        return started[-1]

    yield begin
    for editor in started:
        editor.kill()


@pytest.mark.parametrize("client", CLIENTS)
def test_open_fix_save_and_close(talk, project, client):
    editor = talk(client)
    server = editor.initialize()
    assert server["positionEncoding"] == editor.encoding
    assert ("diagnosticProvider" in server) == editor.does["pulls"]
    assert server["textDocumentSync"] == {"openClose": True, "change": 2, "save": {"includeText": False}}

    editor.open(SERVICE)
    [found] = editor.until(["logging/no-console"])
    assert editor.under(found["range"]) == "console.log"
    assert "/* é😀 */ console.log" in editor.text
    assert (found["source"], found["severity"]) == ("nestwise", 2)
    shows = editor.able("textDocument.publishDiagnostics.codeDescriptionSupport") is not False
    assert ("codeDescription" in found) == shows

    for method in editor.does["unannounced"]:
        assert editor.ask(method, {"textDocument": editor.document})["error"]["code"] == -32601

    first, *_ = offered = editor.actions([found])
    assert (first["title"], first["kind"]) == ("Use `this.logger.log`", "quickfix")
    assert first["diagnostics"] == [found]
    assert ("isPreferred" in first) == bool(editor.able("textDocument.codeAction.isPreferredSupport"))
    assert (
        ("data" in first)
        == ("edit" not in first)
        == bool(editor.able("textDocument.codeAction.resolveSupport"))
    )
    assert all(action["kind"] == "quickfix" and "disabled" not in action for action in offered)
    editor.apply(editor.edit_of(first))
    assert "/* é😀 */ this.logger.log(name);" in editor.text
    assert "import { Injectable, Logger } from '@nestjs/common';" in editor.text
    assert editor.diagnostics() == []

    editor.change(editor.text.replace("this.logger.log(name)", "'😀'; console.warn(name)"))
    [found] = editor.diagnostics()
    assert editor.under(found["range"]) == "console.warn"
    editor.change(editor.text.replace("console.warn(name)", "this.logger.warn(name)"))
    assert editor.diagnostics() == []
    editor.save()
    assert "/* é😀 */ '😀'; this.logger.warn(name);" in (project / SERVICE).read_text("utf-8")
    editor.send("textDocument/didClose", {"textDocument": editor.document})

    code, errors = editor.quit()
    assert code == (-9 if editor.does["killed"] else 0)
    assert errors == ""
    assert editor.unasked == []
    assert editor.told("window/showMessage") == []
    assert (editor.told("textDocument/publishDiagnostics") == []) == editor.does["pulls"]


@pytest.mark.parametrize("client", UNWATCHED)
@pytest.mark.parametrize("sign", ["save", "open"])
def test_a_client_that_watches_nothing_is_no_worse_off(talk, project, client, sign):
    editor = talk(client)
    editor.initialize()
    editor.open(CONTROLLER)
    editor.until(["guards/unguarded-route"])
    write(project, {MODULE: GUARDED})
    if sign == "save":
        editor.save()
    else:
        item = {"uri": (project / SERVICE).as_uri(), "languageId": "", "version": 1, "text": FILES[SERVICE]}
        editor.send("textDocument/didOpen", {"textDocument": item})
    editor.until([])
    assert editor.unasked == []


@pytest.mark.parametrize("client", CLIENTS)
def test_all_is_fixed_when_an_editor_saves(talk, client):
    """`source.fixAll` as editors ask for it on save: over the whole document, without diagnostics."""
    editor = talk(client)
    editor.initialize()
    editor.open(SERVICE)
    editor.until(["logging/no-console"])
    end = {"line": editor.text.count("\n"), "character": 0}
    area = {"start": {"line": 0, "character": 0}, "end": end}
    context = {"diagnostics": [], "only": ["source.fixAll"], "triggerKind": 2}
    params = {"textDocument": editor.document, "range": area, "context": context}
    [action] = editor.ask("textDocument/codeAction", params)["result"]
    assert action["kind"] == "source.fixAll.nestwise"
    editor.apply(editor.edit_of(action))
    assert "/* é😀 */ this.logger.log(name);" in editor.text
    assert editor.diagnostics() == []


def test_one_answer_is_full_whatever_the_client_remembers(talk):
    """LSP4IJ never says what it has, and ignores an answer that says `unchanged`."""
    editor = talk("lsp4ij-0.20")
    editor.initialize()
    editor.open(SERVICE)
    editor.until(["logging/no-console"])
    for _ in "ab":
        assert len(editor.diagnostics()) == 1


@pytest.mark.parametrize("client", ["vscode-1.139", "neovim-0.12"])
def test_an_answer_that_the_client_has_is_not_repeated(talk, client):
    editor = talk(client)
    editor.initialize()
    editor.open(SERVICE)
    [found] = editor.until(["logging/no-console"])
    params = {"textDocument": editor.document, "previousResultId": editor._previous}
    assert editor.ask("textDocument/diagnostic", params)["result"]["kind"] == "unchanged"
    assert found


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("rootUri", {}),
        ("rootPath", {}),
        ("workspaceFolders", {"rootUri": None}),
        ("rootUri", {"workspaceFolders": None}),
        ("rootUri", {"workspaceFolders": []}),
        ("", {"rootUri": None}),
    ],
    ids=["rootUri", "rootPath", "folders", "folders are null", "folders are empty", "nothing"],
)
def test_the_folder_may_be_given_in_any_way(talk, project, given, named):
    editor = talk("vscode-1.139", project)
    editor._facts["root"] = [given] if given else []
    editor._facts["initialize"] |= named
    editor.initialize()
    editor.open(CONTROLLER)
    [found] = editor.until(["guards/unguarded-route"])
    assert editor.under(found["range"]) == "remove"


def test_stdin_that_closes_in_the_middle_of_a_message_ends_the_server(talk):
    editor = talk("vscode-1.139")
    editor.initialize()
    editor.bytes(b"Content-Length: 500\r\n\r\n{")
    started = time.monotonic()
    assert editor.end() == (1, "")
    assert time.monotonic() - started < 5
