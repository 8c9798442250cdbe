"""What every editor must get: findings where they are, fixes that apply, hover, in its own columns."""

from __future__ import annotations

import asyncio

import pytest
from lsp_project import FILES
from lsprotocol import types as lsp

SERVICE = "src/cats.service.ts"
CONTROLLER = "src/cats.controller.ts"
ENCODINGS = {
    "vscode": "utf-16",
    "neovim": "utf-8",
    "neovim-0.10": "utf-16",
    "emacs": "utf-32",
    "kate": "utf-16",
}

pytestmark = pytest.mark.asyncio


async def test_a_client_that_shows_findings_on_hover_gets_the_page_alone(start):
    """VS Code would show the message twice."""
    both = await start("vscode")
    page = await start("vscode", experimental={"nestwise": {"findings": True}})
    texts = []
    for editor in (both, page):
        editor.open(SERVICE)
        [found] = await editor.found(SERVICE)
        hover = await editor.hover(SERVICE, found.range.start)
        texts.append(hover.contents.value)
    assert texts[0] == f"{found.message}\n\n---\n\n{texts[1]}"
    assert texts[1].startswith("# logging/no-console\n")


@pytest.mark.parametrize("client", ENCODINGS)
async def test_find_hover_fix_and_save(start, client):
    editor = await start(client)
    assert editor.encoding == ENCODINGS[client]
    editor.open(SERVICE, language="" if client == "kate" else "typescript")
    [found] = await editor.found(SERVICE)
    assert (found.code, found.source) == ("logging/no-console", "nestwise")
    assert editor.under(SERVICE, found) == "console.log"
    assert found.severity == lsp.DiagnosticSeverity.Warning

    hover = await editor.hover(SERVICE, found.range.end)
    assert "# logging/no-console" in hover.contents.value
    assert ("```ts" in hover.contents.value) == (client != "emacs")
    assert editor.under(SERVICE, hover) == "console.log"
    assert await editor.hover(SERVICE, lsp.Position(0, 0)) is None

    fix, *_ = await editor.actions(SERVICE, found.range)
    assert fix.kind == "quickfix"
    assert fix.is_preferred is (None if client == "kate" else True)
    assert (fix.edit is None) == (client != "kate")  # it does not resolve
    await editor.do(fix)
    text = editor.texts[editor.uri(SERVICE)]
    assert "/* é😀 */ this.logger.log(name);" in text
    assert "import { Injectable, Logger } from '@nestjs/common';" in text
    assert await editor.rules(SERVICE) == []
    editor.save(SERVICE)
    assert await editor.actions(SERVICE, found.range) == []


@pytest.mark.parametrize("client", ENCODINGS)
async def test_every_keystroke_counts_and_needs_no_file(start, client):
    editor = await start(client)
    editor.open(SERVICE)
    editor.change(SERVICE, ("/* é😀 */ console.log(name);", "const é😀 = '😀'; "))
    assert await editor.rules(SERVICE) == []
    typed = "const é😀 = '😀'; "
    for char in "console.log(1)":
        editor.change(SERVICE, (typed, typed + char))
        typed += char
        found = await editor.found(SERVICE)
    assert editor.under(SERVICE, found[0]) == "console.log"
    editor.change(SERVICE, ("console", "kons"), ("kons", "😀"), ("😀.log", "console.info"))
    [found] = await editor.found(SERVICE)
    assert editor.under(SERVICE, found) == "console.info"
    editor.change(SERVICE, ("console.info", "x"), full=True)
    assert await editor.rules(SERVICE) == []
    assert "console.log" in (editor.root / SERVICE).read_text("utf-8")


@pytest.mark.parametrize("client", ["vscode", "emacs"])
async def test_pulled_or_pushed_but_never_both(start, client):
    editor = await start(client)
    uri = editor.open(SERVICE)
    await editor.found(SERVICE)
    editor.change(SERVICE, ("console.log", "console.warn"))
    await editor.found(SERVICE)
    editor.close(SERVICE)
    await editor.hover(CONTROLLER, lsp.Position(0, 0))  # an answer: all before has been said
    if client == "vscode":
        assert editor.published == []
    else:
        versions = [p.version for p in editor.published if p.uri == uri]
        assert versions == [*sorted(versions[:-1]), None]  # closed: nothing is shown any more
        assert editor.published[-1].diagnostics == ()


async def test_an_unchanged_answer_is_not_sent_again(start):
    editor = await start()
    editor.open(SERVICE)
    first = await editor.pull(SERVICE)
    assert (await editor.pull(SERVICE, first.result_id)).kind == "unchanged"
    editor.change(SERVICE, ("name: string", "title: string"))
    assert (await editor.pull(SERVICE, first.result_id)).kind == "unchanged"  # nothing moved
    editor.change(SERVICE, ("export", "\nexport"))
    moved = await editor.pull(SERVICE, first.result_id)
    assert (moved.kind, moved.result_id != first.result_id) == ("full", True)


async def test_a_finding_says_where_to_read_more(start):
    editor = await start()
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])
    [found] = await editor.found(CONTROLLER)
    page = found.code_description.href
    assert page.startswith("file:///")
    assert page.endswith("/guards/unguarded_route.md")


async def test_another_file_changes_what_is_found_here(start):
    editor = await start()
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])
    editor.open("src/app.module.ts")
    refreshes = editor.client.diagnostic_refresh_count
    editor.change(
        "src/app.module.ts",
        ("", "import { APP_GUARD } from '@nestjs/core';\nimport { AuthGuard } from './auth.guard';\n"),
        ("providers: []", "providers: [{ provide: APP_GUARD, useClass: AuthGuard }]"),
    )
    await editor.until(lambda: editor.client.diagnostic_refresh_count > refreshes)
    assert await editor.rules(CONTROLLER) == []
    editor.close("src/app.module.ts")  # without saving: the disk has no guard
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])


@pytest.mark.parametrize("client", ["emacs", "neovim-0.10"])
async def test_another_file_changes_what_was_pushed(start, client):
    """Neovim 0.10 would pull, too, but cannot be told when to do so again."""
    editor = await start(client)
    assert editor.capabilities.diagnostic_provider is None
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])
    editor.open("src/auth.guard.ts")
    editor.change("src/auth.guard.ts", ("throw new UnauthorizedException()", "console.log()"))
    await editor.until_rules(CONTROLLER, [])  # a guard that lets everybody in guards nothing


async def test_what_is_typed_in_a_body_is_told_to_nobody_else(start):
    editor = await start()
    editor.open(CONTROLLER)
    await editor.found(CONTROLLER)
    editor.open(SERVICE)
    await editor.found(SERVICE)
    refreshes = editor.client.diagnostic_refresh_count
    editor.change(SERVICE, ("console.log(name)", "console.log(name, 1)"))
    await editor.found(SERVICE)
    await editor.workspace()
    assert editor.client.diagnostic_refresh_count == refreshes


@pytest.mark.parametrize(("name", "announced"), [("Neovim", False), ("Visual Studio Code", True)])
async def test_neovim_is_not_told_of_workspace_pulls(start, name, announced):
    """After a refresh it would pull the workspace alone, and ignore the answers for open documents."""
    editor = await start("neovim", client_info=lsp.ClientInfo(name, "0.12"))
    assert editor.capabilities.diagnostic_provider.workspace_diagnostics == announced


DTO = "src/cat.dto.ts"
INPUTS = {
    DTO: """\
import { IsString } from 'class-validator';

export class CatDto {
  /* é😀 */ @IsString() name: string;
  // later
}
""",
    "src/main.ts": FILES["src/main.ts"]
    .replace("import {", "import { ValidationPipe } from '@nestjs/common';\nimport {", 1)
    .replace("  await app", "  app.useGlobalPipes(new ValidationPipe());\n  await app"),
    "src/cats.controller.ts": """\
import { Body, Controller, Post } from '@nestjs/common';
import { CatDto } from './cat.dto';

@Controller('cats')
export class CatsController {
  @Post()
  add(@Body() cat: CatDto) {
    return cat;
  }
}
""",
}


@pytest.mark.parametrize("client", ["vscode", "emacs"])
async def test_what_is_typed_in_a_hurry_is_looked_at_again(start, add, client):
    """The grammar takes such a member for an error; what cures errors waits until the typist rests."""
    add(INPUTS)
    editor = await start(client)
    editor.open(DTO)
    assert await editor.rules(DTO) == []
    editor.change(DTO, ("// later", "override accessor legs: number;"))

    async def underlined():
        return [editor.under(DTO, d) for d in await editor.found(DTO)]

    async with asyncio.timeout(20):
        while await underlined() != ["legs"]:
            await asyncio.sleep(0.05)
