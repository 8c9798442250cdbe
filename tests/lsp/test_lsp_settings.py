"""Settings: taken when they change, and their mistakes shown at their place."""

from __future__ import annotations

import pytest
from lsp_project import MANIFEST, write
from lsprotocol import types as lsp

SERVICE = "src/cats.service.ts"
CHANGED = lsp.FileChangeType.Changed
WRONG = '{\n  // é😀\n  "rules": {"logging/no-consle": "off"}\n}\n'

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


@pytest.mark.parametrize("client", ["vscode", "emacs", "neovim"])
async def test_settings_are_read_again(start, client):
    editor = await start(client)
    editor.open(SERVICE)
    [found] = await editor.found(SERVICE)
    assert found.severity == lsp.DiagnosticSeverity.Warning

    async def settle(text, expected):
        write(editor.root, {"nestwise.json": text})
        if client == "neovim":  # it saves the file itself, and watches nothing
            identifier = lsp.TextDocumentIdentifier(editor.uri("nestwise.json"))
            editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(identifier))
        else:
            editor.disk(("nestwise.json", CHANGED))
        await editor.until_rules(SERVICE, expected)

    await settle('{"rules": {"logging/no-console": "off"}}', [])
    await settle('{"rules": {"logging/no-console": "error"}}', ["logging/no-console"])
    [found] = await editor.found(SERVICE)
    assert found.severity == lsp.DiagnosticSeverity.Error
    await settle('{"exclude": ["src/cats.service.ts"]}', [])
    await settle("{}", ["logging/no-console"])


async def test_what_git_ignores_is_not_checked_from_then_on(start):
    editor = await start()
    (editor.root / ".git").mkdir()
    editor.open(SERVICE)
    assert await editor.rules(SERVICE) == ["logging/no-console"]
    write(editor.root, {".gitignore": "*.service.ts\n"})
    editor.disk((".gitignore", lsp.FileChangeType.Created))
    await editor.until_rules(SERVICE, [])


async def test_a_manifest_makes_a_folder_one_of_nest(start, tmp_path):
    code = "import '@nestjs/common';\nconsole.log(1);\n"
    root = write(tmp_path / "late", {"package.json": "{}", "src/a.ts": code})
    editor = await start(root=root)
    editor.open("src/a.ts")
    assert await editor.rules("src/a.ts") == []
    write(root, {"package.json": MANIFEST})
    editor.disk(("package.json", CHANGED))
    await editor.until_rules("src/a.ts", ["logging/no-console"])


async def test_mistakes_are_pushed_at_their_place(start, add):
    add({"nestwise.json": WRONG})
    editor = await start("emacs")
    uri = editor.uri("nestwise.json")
    await editor.until(lambda: editor.published)
    [mistake] = editor.published[0].diagnostics
    assert editor.published[0].uri == uri
    assert "did you mean `logging/no-console`" in mistake.message
    editor.texts[uri] = WRONG
    assert editor.under("nestwise.json", mistake) == '"logging/no-consle"'
    assert len([text for text in editor.shown if "no-consle" in text]) == 1

    write(editor.root, {"nestwise.json": '{"rules": {"logging/no-console": "off"}}'})
    editor.disk(("nestwise.json", CHANGED))
    await editor.until(lambda: editor.published[-1].uri == uri and not editor.published[-1].diagnostics)
    editor.open(SERVICE)
    assert await editor.rules(SERVICE) == []


async def test_mistakes_are_told_to_clients_that_pull(start, add):
    add({"nestwise.json": WRONG})
    editor = await start("vscode")
    report = (await editor.workspace())["nestwise.json"]
    assert "did you mean" in report.items[0].message
    uri = editor.open("nestwise.json", language="jsonc")
    [mistake] = await editor.found("nestwise.json")
    assert editor.under("nestwise.json", mistake) == '"logging/no-consle"'
    editor.change("nestwise.json", ("consle", "console"))  # not saved
    assert await editor.found("nestwise.json") == []
    editor.change("nestwise.json", ('"off"', '"of"'))
    [mistake] = await editor.found("nestwise.json")
    assert "must be a level" in mistake.message
    assert [p for p in editor.published if p.uri == uri] == []


async def test_the_last_good_settings_count_meanwhile(start, add):
    add({"nestwise.json": '{"rules": {"logging/no-console": "error"}}'})
    editor = await start()
    editor.open(SERVICE)
    [found] = await editor.found(SERVICE)
    assert found.severity == lsp.DiagnosticSeverity.Error
    write(editor.root, {"nestwise.json": '{"rules": '})
    editor.disk(("nestwise.json", CHANGED))
    await editor.until(lambda: editor.shown)
    assert "nestwise.json" in editor.shown[0]
    [found] = await editor.found(SERVICE)
    assert found.severity == lsp.DiagnosticSeverity.Error


async def test_settings_of_a_manifest(start, add):
    add({"package.json": MANIFEST[:-1] + ', "nestwise": {"rules": {"logging/no-console": "hint"}}}'})
    editor = await start()
    editor.open(SERVICE)
    [found] = await editor.found(SERVICE)
    assert found.severity == lsp.DiagnosticSeverity.Hint
    wrong = MANIFEST[:-1] + ', "nestwise": {"presett": "strict"}}'
    write(editor.root, {"package.json": wrong})
    editor.disk(("package.json", CHANGED))
    await editor.until(lambda: editor.shown)
    report = (await editor.workspace())["package.json"]
    assert "did you mean `preset`" in report.items[0].message
