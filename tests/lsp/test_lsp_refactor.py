"""Refactorings of several files over the protocol: where the client can make them, of unsaved texts."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

CONTROLLER, SERVICE, MODULE = (
    "src/dogs/dogs.controller.ts",
    "src/dogs/dogs.service.ts",
    "src/dogs/dogs.module.ts",
)
FILES = {
    CONTROLLER: """\
import { Controller, Get, Query } from '@nestjs/common';

@Controller('dogs')
export class DogsController {
  @Get() /* é😀 */ list(@Query('name') name: string) {
    const found = ['é😀', 'b'].filter((dog) => dog !== name);
    return { found, name };
  }
}
""",
    MODULE: """\
import { Module } from '@nestjs/common';
import { DogsController } from './dogs.controller';

/* é😀 */ @Module({ controllers: [DogsController] }) export class DogsModule { /* é😀 */ }""",
}
WITH_SERVICE = {
    CONTROLLER: FILES[CONTROLLER]
    .replace("  @Get", "  constructor(private readonly dogs: DogsService) {}\n\n  @Get")
    .replace("common';\n", "common';\nimport { DogsService } from './dogs.service';\n"),
    SERVICE: """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class DogsService {
  old() {}
}
""",
    MODULE: FILES[MODULE]
    .replace("[DogsController] }", "[DogsController], providers: [DogsService] }")
    .replace("controller';\n", "controller';\nimport { DogsService } from './dogs.service';\n"),
}
NEW, THERE = "Move the body of `list` to a new `DogsService`", "Move the body of `list` to `DogsService`"

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def offered(editor, least=1):
    """What is offered once the folder is read, which some clients are not told of."""
    if editor.uri(CONTROLLER) not in editor.texts:
        editor.open(CONTROLLER)
    area = editor.range(CONTROLLER, "list")
    for _ in range(100 if least else 20):
        found = await editor.actions(CONTROLLER, area, ["refactor"])
        if least and len(found) >= least:
            break
        await asyncio.sleep(0.1)
    assert [a.kind for a in found] == ["refactor.extract"] * len(found)
    return found


async def test_a_service_is_made_and_registered(start, add):
    root = add(FILES)
    editor = await start()
    [action] = await offered(editor)
    assert (action.title, action.edit) == (NEW, None)
    editor.open(MODULE)
    await editor.do(action)
    assert "    return this.dogsService.list(name);\n" in editor.texts[editor.uri(CONTROLLER)]
    assert editor.texts[editor.uri(MODULE)].endswith(
        "/* é😀 */ @Module({ controllers: [DogsController], providers: [DogsService] })"
        " export class DogsModule { /* é😀 */ }"
    )
    assert (root / SERVICE).read_text("utf-8") == (
        "import { Injectable } from '@nestjs/common';\n\n@Injectable()\nexport class DogsService {\n"
        "  list(name: string) {\n    const found = ['é😀', 'b'].filter((dog) => dog !== name);\n"
        "    return { found, name };\n  }\n}\n"
    )
    assert await offered(editor, 0) == []


async def test_what_is_not_saved_counts_in_other_files_too(start, add):
    add(WITH_SERVICE)
    editor = await start()
    text = WITH_SERVICE[SERVICE].replace("old() {}", "now() {} /* é😀 */").rstrip()
    editor.open(SERVICE, text)
    [action] = await offered(editor)
    assert action.title == THERE
    editor.change(SERVICE, ("  now", "\n  // é😀\n  now"))
    await editor.do(action)
    assert editor.texts[editor.uri(SERVICE)].startswith(
        "import { Injectable } from '@nestjs/common';\n\n@Injectable()\nexport class DogsService {\n"
        "\n  // é😀\n  now() {} /* é😀 */\n\n  list(name: string) {\n    const found"
    )


async def test_edits_of_several_files_are_named_and_need_no_ticking(start, add):
    add(FILES)
    editor = await start()
    [action] = await offered(editor)
    action = await editor.client.code_action_resolve_async(action)
    [(key, note)] = action.edit.change_annotations.items()
    assert (note.label, note.needs_confirmation) == (NEW, False)
    changes = action.edit.document_changes
    created = [c for c in changes if isinstance(c, lsp.CreateFile)]
    assert [(c.uri, c.annotation_id) for c in created] == [(editor.uri(SERVICE), key)]
    edits = [e for c in changes if isinstance(c, lsp.TextDocumentEdit) for e in c.edits]
    assert {e.annotation_id for e in edits} == {key}
    versions = {
        c.text_document.uri: c.text_document.version for c in changes if not isinstance(c, lsp.CreateFile)
    }
    assert versions == {editor.uri(CONTROLLER): 1, editor.uri(SERVICE): None, editor.uri(MODULE): None}


@pytest.mark.parametrize(
    ("client", "new"), [("vscode", True), ("neovim", True), ("emacs", False), ("kate", False)]
)
async def test_files_are_created_only_where_the_client_can(start, add, client, new):
    add(FILES)
    editor = await start(client)
    assert [a.title for a in await offered(editor, int(new))] == ([NEW] if new else [])


@pytest.mark.parametrize("client", ["vscode", "neovim", "emacs", "kate"])
async def test_every_client_can_edit_files_that_are_there(start, add, client):
    root = add(WITH_SERVICE)
    editor = await start(client)
    [action] = await offered(editor)
    assert (action.edit is not None) == (client == "kate")
    await editor.do(action)
    assert "    return this.dogs.list(name);\n" in editor.texts[editor.uri(CONTROLLER)]
    assert "  list(name: string) {\n" in (root / SERVICE).read_text("utf-8")


async def test_a_file_that_came_meanwhile_is_not_overwritten(start, add):
    root = add(FILES)
    editor = await start()
    [action] = await offered(editor)
    (root / SERVICE).write_text("// mine\n", "utf-8")
    with pytest.raises(JsonRpcException, match="can no longer be applied"):
        await editor.client.code_action_resolve_async(action)


async def test_it_is_offered_at_the_names_of_handlers_only(start, add):
    add(FILES)
    editor = await start()
    editor.open(CONTROLLER)
    for part in ("DogsController", "found", "Controller('dogs')"):
        assert await editor.actions(CONTROLLER, editor.range(CONTROLLER, part), ["refactor"]) == []
    assert (
        await editor.actions(CONTROLLER, editor.range(CONTROLLER, "list"), ["source.fixAll", "quickfix"])
        == []
    )
    broken = FILES[CONTROLLER].replace("{ found, name };", "{ found, name")
    editor.send(CONTROLLER, [lsp.TextDocumentContentChangeWholeDocument(broken)])
    assert await editor.actions(CONTROLLER, editor.range(CONTROLLER, "list"), ["refactor"]) == []
