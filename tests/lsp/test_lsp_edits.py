"""Any sequence of edits gives what opening the result afresh gives."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsp_editor import connect
from lsp_project import FILES, write
from lsprotocol import types as lsp

PIECES = [
    "console.log(1);", "é", "😀", "\n", "\r\n", "\r", "{", "}", "(", ")", "'", "`", "${", "/*", "*/", "//",
    "@UseGuards(AuthGuard)\n", "@Delete(':id')\n", "remove() {}\n", "export ", "class A {", "\u2028", "\x0c",
    "// nestwise-ignore-next-line\n", "import { AuthGuard } from './auth.guard';\n", " ", "x", "<T>",
    "await f<T>(x)",
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 60), st.sampled_from(PIECES), st.booleans()),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module", params=["vscode", "neovim", "emacs"])
def session(request, tmp_path_factory):
    """One server for all examples, and the loop that it is driven by."""
    root = write(tmp_path_factory.mktemp("edits"), FILES)
    loop = asyncio.new_event_loop()
    env = {"NESTWISE_CACHE_DIR": str(root / ".cache")}
    editor = loop.run_until_complete(connect(root, request.param, env=env))
    yield loop, editor
    loop.run_until_complete(editor.client.shutdown_session())
    loop.run_until_complete(editor.client.stop())
    loop.close()


def edited(editor, path, edits):
    """The edits as one message of several changes, with the text that each leaves."""
    uri, events = editor.uri(path), []
    for at, length, text, whole in edits:
        now = editor.texts[uri]
        start = at * len(now) // 1000
        end = min(start + length, len(now)) if length < 40 else start
        if now[start - 1 : start] == "\r" or now[end - 1 : end] == "\r":  # inside of a line ending
            continue
        area = lsp.Range(position(editor, now, start), position(editor, now, end))
        editor.texts[uri] = now[:start] + text + now[end:]
        if whole and length > 55:
            events.append(lsp.TextDocumentContentChangeWholeDocument(editor.texts[uri]))
        else:
            events.append(lsp.TextDocumentContentChangePartial(range=area, text=text))
    return events


def position(editor, text, offset):
    """As LSP counts lines: three endings, no others."""
    from lsp_editor import units

    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return lsp.Position(before.count("\n"), units(before[before.rfind("\n") + 1 :], editor.encoding))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_edits_give_what_a_fresh_open_gives(session, edits):
    loop, editor = session
    path = "src/cats.controller.ts"

    async def opened(text):
        editor.published.clear()
        editor.open(path, text)
        return await editor.found(path)

    async def example():
        await opened(FILES[path] + FILES["src/cats.service.ts"])
        events = edited(editor, path, edits)
        editor.send(path, events[: len(events) // 2])
        await editor.found(path)
        editor.send(path, events[len(events) // 2 :])
        after = await editor.found(path)
        text = editor.texts[editor.uri(path)]
        editor.close(path)
        fresh = await opened(text)
        editor.close(path)
        return text, after, fresh

    text, after, fresh = loop.run_until_complete(example())
    assert after == fresh, text
