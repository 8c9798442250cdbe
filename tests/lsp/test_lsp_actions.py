"""Code actions: what is offered where, and that what they write is right."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

SERVICE = "src/cats.service.ts"
CONTROLLER = "src/cats.controller.ts"
LINE = "Disable logging/no-console for this line"
EVERY = "Fix every logging/no-console in this file"
FILE = "Disable logging/no-console in this file"

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def titled(editor, path, title, area=None):
    [found] = [
        a for a in await editor.actions(path, area or editor.range(path, "console")) if a.title == title
    ]
    return found


async def test_fixes_come_first_then_suppressions_and_the_page(start):
    editor = await start()
    editor.open(SERVICE)
    offered = await editor.actions(SERVICE, editor.range(SERVICE, "console"))
    assert [a.title for a in offered] == [
        "Use `this.logger.log`", LINE, FILE, "Explain logging/no-console",
    ]  # fmt: skip
    assert [a.diagnostics[0].code for a in offered] == ["logging/no-console"] * 4
    assert [a.is_preferred for a in offered] == [True, None, None, None]


@pytest.mark.parametrize("client", ["vscode", "neovim", "emacs", "kate"])
async def test_edits_have_the_form_that_the_client_knows(start, client):
    editor = await start(client)
    uri = editor.open(SERVICE)
    action = await titled(editor, SERVICE, LINE)
    if client != "kate":
        assert action.edit is None
        action = await editor.client.code_action_resolve_async(action)
    versioned = client in ("vscode", "emacs")
    assert (action.edit.document_changes is not None) == versioned
    assert (uri in (action.edit.changes or {})) != versioned


async def test_only_what_is_asked_for_is_offered(start):
    editor = await start()
    editor.open(SERVICE)
    area = editor.range(SERVICE, "console")

    async def kinds(*only):
        return sorted({a.kind for a in await editor.actions(SERVICE, area, list(only))})

    assert await kinds("quickfix") == ["quickfix"]
    assert await kinds("source") == await kinds("source.fixAll") == ["source.fixAll.nestwise"]
    assert await kinds("source.fixAll.nestwise") == ["source.fixAll.nestwise"]
    assert await kinds("refactor", "source.organizeImports", "source.fixAll.eslint") == []
    assert await kinds("") == ["quickfix", "source.fixAll.nestwise"]
    assert await editor.actions(SERVICE, editor.range(SERVICE, "Injectable")) == []


async def test_a_line_is_suppressed_with_its_indentation(start):
    editor = await start()
    editor.open(SERVICE)
    await editor.do(await titled(editor, SERVICE, LINE))
    comment = (
        "    // nestwise-ignore-next-line logging/no-console -- say why\n    /* é😀 */ console.log(name);"
    )
    assert comment in editor.texts[editor.uri(SERVICE)]
    assert "logging/no-console" not in await editor.rules(SERVICE)


async def test_a_suppression_joins_the_one_above(start):
    editor = await start()
    before = "// nestwise-ignore-next-line guards/unguarded-route -- é\r\n"
    editor.open("src/a.ts", f"import '@nestjs/common';\r\n{before}console.log(1);\r\n")
    await editor.do(await titled(editor, "src/a.ts", LINE))
    text = editor.texts[editor.uri("src/a.ts")]
    assert "// nestwise-ignore-next-line guards/unguarded-route, logging/no-console -- é\r\n" in text
    assert "logging/no-console" not in await editor.rules("src/a.ts")


async def test_a_file_is_suppressed_below_its_head(start):
    editor = await start()
    editor.open("src/a.ts", "\ufeff#!/usr/bin/env node\r\nimport '@nestjs/common';\r\nconsole.log(1);\r\n")
    await editor.do(await titled(editor, "src/a.ts", FILE))
    assert editor.texts[editor.uri("src/a.ts")].startswith(
        "\ufeff#!/usr/bin/env node\r\n// nestwise-ignore-file logging/no-console -- say why\r\nimport"
    )
    assert "logging/no-console" not in await editor.rules("src/a.ts")


@pytest.mark.parametrize("client", ["vscode", "emacs"])
async def test_no_comment_is_offered_inside_a_text(start, client):
    editor = await start(client)
    editor.open("src/a.ts", "import '@nestjs/common';\nexport const t = `é😀\n  ${console.log(1)}`;\n")
    offered = await editor.actions("src/a.ts", editor.range("src/a.ts", "console"))
    disabled = [a for a in offered if a.title == LINE]
    if client == "vscode":
        assert "inside a text" in disabled[0].disabled.reason
    else:
        assert disabled == []
    assert FILE in [a.title for a in offered]


@pytest.mark.parametrize("client", ["vscode", "emacs", "kate"])
async def test_all_is_fixed_at_once(start, client):
    editor = await start(client)
    text = (editor.root / SERVICE).read_text("utf-8")
    one = "/* é😀 */ console.log(name);"
    editor.open(SERVICE, text.replace(one, f"{one}\n    console.warn('é😀');\n    console.error('x');"))
    [action] = await editor.actions(SERVICE, editor.range(SERVICE, "greet"), ["source.fixAll"])
    await editor.do(action)
    fixed = editor.texts[editor.uri(SERVICE)]
    assert (
        "/* é😀 */ this.logger.log(name);\n    this.logger.warn('é😀');\n    this.logger.error('x');" in fixed
    )
    assert fixed.count("new Logger(CatsService.name)") == 1
    assert await editor.rules(SERVICE) == []


@pytest.mark.parametrize("client", ["vscode", "kate"])
async def test_what_one_rule_found_is_fixed_in_the_whole_file(start, client):
    editor = await start(client)
    text = (editor.root / SERVICE).read_text("utf-8")
    one = "/* é😀 */ console.log(name);"
    more = "console.warn('%s', name);\n    console.error(...[name]);\n    try {} catch {}"
    editor.open(SERVICE, text.replace(one, f"{one}\n    console.info('é😀');\n    {more}"))
    before = editor.texts[editor.uri(SERVICE)]
    await editor.do(await titled(editor, SERVICE, EVERY))
    safely = editor.texts[editor.uri(SERVICE)]
    assert "/* é😀 */ this.logger.log(name);\n    this.logger.log('é😀');\n    console.warn" in safely
    area = editor.range(SERVICE, "console.warn")
    await editor.do(await titled(editor, SERVICE, EVERY, area))
    assert "this.logger.warn('%s', name);\n    console.error(...[name]);" in editor.texts[editor.uri(SERVICE)]
    assert before != safely


async def test_what_was_found_once_is_not_offered_for_the_whole_file(start):
    editor = await start()
    editor.open(SERVICE)
    offered = await editor.actions(SERVICE, editor.range(SERVICE, "console"))
    assert EVERY not in [a.title for a in offered]


@pytest.mark.parametrize("client", ["vscode", "kate"])
async def test_the_page_of_a_rule_is_shown(start, client):
    editor = await start(client)
    editor.open(SERVICE)
    if client == "vscode":
        action = await editor.client.code_action_resolve_async(
            await titled(editor, SERVICE, "Explain logging/no-console")
        )
        command = action.command
    else:
        command = lsp.Command("", command="nestwise.explain", arguments=["logging/no-console"])
    await editor.client.workspace_execute_command_async(
        lsp.ExecuteCommandParams(command.command, arguments=list(command.arguments))
    )
    if client == "vscode":
        await editor.until(lambda: editor.client.shown_documents)
        assert editor.client.shown_documents[0].uri.endswith("/logging/no_console.md")
    else:
        await editor.until(lambda: editor.shown)
        assert editor.shown[0].startswith("logging/no-console: ")
    with pytest.raises(JsonRpcException, match="needs the id of a rule"):
        await editor.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams("nestwise.explain", arguments=["no/such-rule"])
        )


async def test_an_action_of_an_older_text_is_refused(start):
    editor = await start()
    editor.open(SERVICE)
    action = await titled(editor, SERVICE, "Use `this.logger.log`")
    editor.change(SERVICE, ("name", "title"))
    with pytest.raises(JsonRpcException, match="has changed since"):
        await editor.client.code_action_resolve_async(action)
    assert "has changed since" not in editor.log  # the client knows; it is no failure


async def test_a_client_may_resolve_what_is_complete(start):
    """Neovim 0.10 asks for the edits of every action that has none."""
    editor = await start("neovim-0.10")
    editor.open(SERVICE)
    title, rule = "Explain logging/no-console", "logging/no-console"
    action = lsp.CodeAction(title, command=lsp.Command(title, "nestwise.explain", arguments=[rule]))
    resolved = await editor.client.code_action_resolve_async(action)
    assert (resolved.title, resolved.command.command) == (title, "nestwise.explain")


async def test_edits_follow_the_settings_of_the_formatter_as_they_are_now(start, project):
    bare = "src/bare.service.ts"
    text = "export class BareService {\nall() { console.log(1 as any) }\n}\n"
    module = project / "src" / "app.module.ts"
    module.write_text(f"import './bare.service';\n{module.read_text('utf-8')}", "utf-8")
    (project / bare).write_text(text, "utf-8")
    editor = await start()
    editor.open(bare)

    async def quoted(quote: str) -> bool:
        action = await titled(editor, bare, "Use `this.logger.log`")
        action = await editor.client.code_action_resolve_async(action)
        edits = [e.new_text for c in action.edit.document_changes for e in c.edits]
        return any(f"from {quote}@nestjs/common{quote}" in e for e in edits)

    await editor.until_rules(bare, ["logging/no-console"])
    assert await quoted("'")
    settings = project / ".prettierrc"
    for quote, kind in (('"', lsp.FileChangeType.Created), ("'", lsp.FileChangeType.Changed)):
        settings.write_text(f'{{ "singleQuote": {"true" if quote == chr(39) else "false"} }}', "utf-8")
        editor.disk((".prettierrc", kind))
        for _ in range(50):
            if await quoted(quote):
                break
            await asyncio.sleep(0.1)
        assert await quoted(quote)
