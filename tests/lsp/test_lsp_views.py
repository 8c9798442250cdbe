"""What an editor shows in views of its own: routes, modules, how far the server is (server/PROTOCOL.md)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from lsp_editor import WAIT
from lsp_project import FILES, MANIFEST, write
from lsprotocol import types as lsp

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]

CONTROLLER = "src/cats.controller.ts"
MODULE = "src/app.module.ts"
WIDE = FILES[CONTROLLER].replace("  remove(", "  /* é😀 */ remove(")
"""Wide characters before the name of a handler."""
LOOPED = {
    MODULE: """\
import { Global, Module, forwardRef } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CatsController } from './cats.controller';
import { DogsModule } from './dogs.module';

@Global()
@Module({ imports: [ConfigModule.forRoot(), DogsModule], controllers: [CatsController] })
/* é😀 */ export class AppModule {}
""",
    "src/dogs.module.ts": """\
import { Module, forwardRef } from '@nestjs/common';
import { AppModule } from './app.module';
import { CatsService } from './cats.service';

@Module({ imports: [forwardRef(() => AppModule)], providers: [CatsService], exports: [CatsService] })
export class DogsModule {}
""",
}


async def whole(editor, method):
    async with asyncio.timeout(WAIT):
        while not (found := await editor.ask(method))["complete"]:
            await asyncio.sleep(0.02)
    return found


def under(editor, one):
    """The text that the range of an answer covers."""
    spots = [lsp.Position(one["range"][at]["line"], one["range"][at]["character"]) for at in ("start", "end")]
    return editor.under(one["uri"], SimpleNamespace(range=lsp.Range(*spots)))


@pytest.fixture
def begin(start):
    """An editor that announces what it can show."""
    shows = {"nestwise": {"status": True, "model": True}}
    return lambda client="vscode", experimental=shows, **more: start(
        client, experimental=experimental, **more
    )


@pytest.mark.parametrize("client", ["vscode", "neovim", "emacs"])
async def test_routes_say_who_may_call_them_and_where_they_are(begin, add, client):
    add({CONTROLLER: WIDE})
    editor = await begin(client)
    found = await whole(editor, "nestwise/routes")
    editor.open(CONTROLLER)
    change, remove = found["routes"]
    assert len({change["id"], remove["id"]}) == 2
    assert [(r["method"], r["path"], r["handler"]) for r in (change, remove)] == [
        ("PATCH", "/cats/:id", "CatsController.change"),
        ("DELETE", "/cats/:id", "CatsController.remove"),
    ]
    assert (change["access"], change["guards"]) == ("guarded", ["AuthGuard"])
    assert (remove["access"], remove["guards"]) == ("unguarded", [])
    assert (remove["kind"], remove["module"]) == ("http", "AppModule")
    assert remove["application"] == "cats"
    assert remove["folder"] == editor.root.as_uri()
    assert remove["certain"] is True
    assert remove["inputs"] == [{"source": "param", "name": "id", "type": "string", "validated": "no"}]
    assert (remove["uri"], under(editor, remove)) == (editor.uri(CONTROLLER), "remove")


async def test_routes_follow_what_is_typed(begin):
    editor = await begin()
    editor.open(CONTROLLER)
    editor.change(CONTROLLER, ("@Controller('cats')", "/* é😀 */\n@Controller('dogs')"))
    found = await whole(editor, "nestwise/routes")
    assert [r["path"] for r in found["routes"]] == ["/dogs/:id", "/dogs/:id"]
    assert [under(editor, r) for r in found["routes"]] == ["change", "remove"]


async def test_a_change_that_makes_a_difference_is_told_once(begin, project):
    editor = await begin()
    editor.open(CONTROLLER)
    await editor.until(lambda: editor.statuses and editor.statuses[-1]["state"] == "ready")
    await editor.ask("nestwise/routes")
    editor.change(CONTROLLER, ("    return id;", "    /* é😀 */ const found = id;\n    return found;"))
    await editor.found(CONTROLLER)
    await asyncio.sleep(1.5)
    assert editor.model_changes == []
    editor.change(CONTROLLER, ("@Delete(':id')", "@Delete('one/:id')"))
    for name in "abc":
        editor.change(CONTROLLER, ("'one", f"'one{name}"))
    await editor.until(lambda: editor.model_changes)
    (_, remove) = (await editor.ask("nestwise/routes"))["routes"]
    assert remove["path"] == "/cats/onecba/:id"
    editor.change(CONTROLLER, ("onecba", "two"))
    await editor.until(lambda: len(editor.model_changes) == 2)
    assert editor.model_changes[1] - editor.model_changes[0] > 0.9
    write(project, {MODULE: FILES[MODULE].replace("[CatsController]", "[]")})
    editor.disk((MODULE, lsp.FileChangeType.Changed))
    await editor.until(lambda: len(editor.model_changes) == 3)
    assert (await whole(editor, "nestwise/routes"))["routes"] == []


@pytest.mark.parametrize("client", ["vscode", "neovim", "emacs"])
async def test_the_graph_has_modules_imports_and_cycles(begin, add, client):
    add(LOOPED)
    editor = await begin(client)
    found = await whole(editor, "nestwise/graph")
    editor.open(MODULE)
    app, config, dogs = found["modules"]
    assert [m["name"] for m in found["modules"]] == ["AppModule", "ConfigModule", "DogsModule"]
    assert (app["uri"], under(editor, app)) == (editor.uri(MODULE), "AppModule")
    assert (app["global"], dogs["global"], app["root"], dogs["root"]) == (True, False, True, False)
    assert (app["controllers"], dogs["providers"], dogs["exports"]) == (1, 1, 1)
    assert (app["package"], config["package"], app["applications"]) == (None, "@nestjs/config", ["cats"])
    assert "uri" not in config
    wires = {(w["from"], w["to"]): (w["forwardRef"], w["certain"]) for w in found["imports"]}
    assert wires == {
        (app["id"], config["id"]): (False, True),
        (app["id"], dogs["id"]): (False, True),
        (dogs["id"], app["id"]): (True, True),
    }
    assert found["cycles"] == [[app["id"], dogs["id"]]]


async def test_what_cannot_be_told_of_modules_is_named(begin, add):
    add({MODULE: FILES[MODULE].replace("@Module({", "@Module({ imports: [...extra()],")})
    editor = await begin()
    [app] = (await whole(editor, "nestwise/graph"))["modules"]
    assert app["known"] is False
    assert "imports can be read" in app["why"]


async def test_several_folders_each_tell_of_their_own(begin, project, tmp_path):
    other = write(tmp_path / "dögs 😀", FILES | {"package.json": MANIFEST.replace("cats", "dogs")})
    inner = write(project / "libs/inner", FILES | {"package.json": MANIFEST.replace("cats", "inner")})
    editor = await begin(folders=[project, other, inner])
    routes = (await whole(editor, "nestwise/routes"))["routes"]
    assert [r["folder"] for r in routes] == [f.as_uri() for f in (project, other, inner) for _ in "12"]
    assert [r["application"] for r in routes] == [a for a in ("cats", "dogs", "inner") for _ in "12"]
    assert all(r["uri"].startswith(r["folder"] + "/src/") for r in routes)
    graph = await whole(editor, "nestwise/graph")
    assert len({m["id"] for m in graph["modules"]}) == 3
    event = lsp.WorkspaceFoldersChangeEvent([], [lsp.WorkspaceFolder(other.as_uri(), "dogs")])
    editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
    await editor.until(lambda: editor.model_changes)
    assert len((await whole(editor, "nestwise/routes"))["routes"]) == 4


async def test_a_folder_without_nest_has_nothing_to_show(begin, tmp_path):
    editor = await begin(root=write(tmp_path / "plain", {"package.json": "{}", "a.ts": "export {};"}))
    assert await whole(editor, "nestwise/routes") == {"complete": True, "routes": []}
    graph = await whole(editor, "nestwise/graph")
    assert graph == {"complete": True, "modules": [], "imports": [], "cycles": []}
    await editor.until(lambda: editor.statuses and editor.statuses[-1]["state"] == "ready")
    assert "nothing is checked" in editor.statuses[-1]["message"]


async def test_while_a_folder_is_read_the_answer_says_so_and_the_client_is_told_afterwards(begin, add):
    add({f"src/many/{n}.ts": f"import '@nestjs/common';\nexport class A{n} {{}}\n" * 50 for n in range(900)})
    editor = await begin()
    assert await editor.ask("nestwise/routes") == {"complete": False, "routes": []}
    await editor.until(lambda: editor.model_changes)
    found = await editor.ask("nestwise/routes")
    assert (found["complete"], len(found["routes"])) == (True, 2)
    states = [status["state"] for status in editor.statuses]
    assert states == sorted(states)
    assert states[-1] == "ready"
    assert editor.statuses[-1] == {"state": "ready", "message": "905 files of NestJS packages"}
    assert editor.progress == []  # or it would be shown twice
    reading = [status for status in editor.statuses if status["state"] == "indexing"]
    assert any(status["total"] == 905 and 0 < status["done"] <= 905 for status in reading)


async def test_broken_settings_and_missing_folders_are_an_error_until_they_are_mended(begin, project):
    write(project, {"nestwise.json": '{"preset": "é😀"}'})
    editor = await begin()
    await editor.until(lambda: editor.statuses and editor.statuses[-1]["state"] == "error")
    assert "nestwise.json:1:12: " in editor.statuses[-1]["message"]
    write(project, {"nestwise.json": "{}"})
    editor.disk(("nestwise.json", lsp.FileChangeType.Changed))
    await editor.until(lambda: editor.statuses[-1]["state"] == "ready")
    missing = project / "é😀 missing"
    event = lsp.WorkspaceFoldersChangeEvent([lsp.WorkspaceFolder(missing.as_uri(), "missing")], [])
    editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
    await editor.until(lambda: editor.statuses[-1]["state"] == "error")
    assert str(missing) in editor.statuses[-1]["message"]
    assert any(str(missing) in text for text in editor.shown)
    event = lsp.WorkspaceFoldersChangeEvent([], [lsp.WorkspaceFolder(missing.as_uri(), "missing")])
    editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
    await editor.until(lambda: editor.statuses[-1]["state"] == "ready")


async def test_a_client_that_announced_nothing_hears_nothing(begin):
    editor = await begin(experimental=None)
    editor.open(CONTROLLER)
    await whole(editor, "nestwise/routes")
    editor.change(CONTROLLER, ("'cats'", "'dogs'"))
    await editor.found(CONTROLLER)
    await asyncio.sleep(1.5)
    assert (editor.statuses, editor.model_changes) == ([], [])


def documented():
    """The examples of PROTOCOL.md."""
    page = (Path(__file__).parents[2] / "server" / "PROTOCOL.md").read_text("utf-8")
    blocks = [block.partition("\n```")[0] for block in page.split("```json\n")[1:]]
    found = []
    for block in blocks:
        while block.strip():
            value, end = json.JSONDecoder().raw_decode(block.lstrip())
            found.append(value)
            block = block.lstrip()[end:]
    return found


async def test_the_page_shows_what_is_sent(begin, add):
    add(LOOPED)
    announced, indexing, ready, error, routes, graph = documented()
    editor = await begin(experimental=announced["capabilities"]["experimental"])
    sent = await whole(editor, "nestwise/routes")
    assert list(routes) == list(sent)
    assert list(routes["routes"][0]) == list(sent["routes"][0])
    assert list(routes["routes"][0]["inputs"][0]) == list(sent["routes"][0]["inputs"][0])
    sent = await whole(editor, "nestwise/graph")
    assert list(graph) == list(sent)
    assert list(graph["modules"][0]) == list(sent["modules"][0])
    assert list(graph["imports"][0]) == list(sent["imports"][0])
    await editor.until(lambda: editor.statuses and editor.statuses[-1]["state"] == "ready")
    assert {tuple(s) for s in (indexing, ready, error)} >= {tuple(s) for s in editor.statuses}
