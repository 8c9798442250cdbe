"""The whole folder: loading, pulling, what changes on disk, several folders and none."""

from __future__ import annotations

import asyncio
import shutil

import pytest
from lsp_project import FILES, MANIFEST, write
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

SERVICE = "src/cats.service.ts"
CONTROLLER = "src/cats.controller.ts"
CREATED, CHANGED, DELETED = lsp.FileChangeType.Created, lsp.FileChangeType.Changed, lsp.FileChangeType.Deleted
GUARDED = "import { APP_GUARD } from '@nestjs/core';\nimport { AuthGuard } from './auth.guard';\n" + FILES[
    "src/app.module.ts"
].replace("providers: []", "providers: [{ provide: APP_GUARD, useClass: AuthGuard }]")
LOGS = "import '@nestjs/common';\n/* é😀 */ console.log(1);\n"

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def test_all_files_with_findings_are_told_once(start):
    editor = await start()
    editor.open(CONTROLLER)
    first = await editor.workspace()
    assert {path: [d.code for d in r.items] for path, r in first.items()} == {
        SERVICE: ["logging/no-console"],
        CONTROLLER: ["guards/unguarded-route"],
    }
    assert first[CONTROLLER].version == 1
    assert first[SERVICE].version is None
    again = await editor.workspace(**{r.uri: r.result_id for r in first.values()})
    assert {r.kind for r in again.values()} == {"unchanged"}


async def test_findings_that_are_gone_are_taken_back(start):
    editor = await start()
    first = await editor.workspace()
    ids = {r.uri: r.result_id for r in first.values()}
    (editor.root / SERVICE).unlink()
    editor.disk((SERVICE, DELETED))
    async with asyncio.timeout(20):
        while True:
            report = await editor.workspace(**ids)
            if report[SERVICE].kind == "full":
                break
    assert report[SERVICE].items == ()


async def test_many_reports_come_in_parts(start, add):
    add({f"src/logs/{n}.ts": LOGS for n in range(130)})
    editor = await start()
    await editor.client.workspace_diagnostic_async(
        lsp.WorkspaceDiagnosticParams([], partial_result_token="parts")
    )
    parts = [value for token, value in editor.progress if token == "parts"]
    assert [len(part["items"]) for part in parts] == [50, 50, 32]


@pytest.mark.parametrize("begun", [False, True])
async def test_a_cancelled_request_is_answered_as_cancelled_and_the_server_goes_on(start, add, begun):
    add({f"src/logs/{n}.ts": LOGS for n in range(400)})
    editor = await start()
    request = asyncio.ensure_future(
        editor.client.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams([]))
    )
    await asyncio.sleep(0)
    if begun:  # it waits for the folder
        await editor.until(lambda: editor.progress)
    [request_id] = [i for i, f in editor.client.protocol._request_futures.items() if not f.done()]
    editor.client.protocol.notify("$/cancelRequest", lsp.CancelParams(request_id))
    with pytest.raises(JsonRpcException) as error:
        await request
    assert error.value.code == -32800
    editor.open(SERVICE)
    assert await editor.rules(SERVICE) == ["logging/no-console"]


async def test_the_open_file_is_answered_while_the_rest_is_read(start, add):
    body = "  m() { return 1; }\n" * 200
    add({f"src/big/{n}.ts": f"export class A{n} {{\n{body}}}\n" for n in range(350)})
    editor = await start()
    editor.open(SERVICE)
    assert await editor.rules(SERVICE) == ["logging/no-console"]
    kinds = [value["kind"] for _, value in editor.progress]
    assert kinds[:1] == ["begin"]
    assert "end" not in kinds
    editor.change(SERVICE, ("console.log", "console.info"))
    [found] = await editor.found(SERVICE)
    assert editor.under(SERVICE, found) == "console.info"
    await editor.until(lambda: editor.client.diagnostic_refresh_count)
    kinds = [value["kind"] for _, value in editor.progress]
    assert (kinds[-1], set(kinds)) == ("end", {"begin", "report", "end"})
    assert "355 files of NestJS packages" in editor.log


# --- what changes on disk -------------------------------------------------------------------


async def test_the_client_is_asked_to_watch(start):
    editor = await start("vscode")
    await editor.until(lambda: editor.registered)
    [watch] = editor.registered
    globs = [w["globPattern"] for w in watch.register_options["watchers"]]
    assert "**/*.{ts,tsx,mts,cts,prisma}" in globs
    assert any("nestwise" in glob for glob in globs)
    silent = await start("neovim")
    silent.open(SERVICE)
    await silent.found(SERVICE)
    assert silent.registered == []


@pytest.mark.parametrize("client", ["vscode", "emacs", "neovim", "kate"])
async def test_a_file_changed_by_another_program_counts(start, client):
    editor = await start(client)
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])
    write(editor.root, {"src/app.module.ts": GUARDED})
    if client in ("vscode", "emacs"):
        editor.disk(("src/app.module.ts", CHANGED))
    else:  # it watches nothing: saving any file is the sign
        editor.open(SERVICE)
        editor.save(SERVICE)
    await editor.until_rules(CONTROLLER, [])
    if client == "vscode":
        assert editor.client.diagnostic_refresh_count > 0


async def test_a_save_after_which_all_is_as_it_was_is_told_to_nobody(start, project):
    """Nobody is asked to pull again, though manifests and formatters' settings are looked at again."""
    write(project, {".prettierrc": "{}"})
    editor = await start("neovim")
    editor.open(SERVICE)
    await editor.until_rules(SERVICE, ["logging/no-console"])
    fix, *_ = await editor.actions(SERVICE, editor.range(SERVICE, "console"))
    await editor.client.code_action_resolve_async(fix)
    await asyncio.sleep(0.5)
    refreshes = editor.client.diagnostic_refresh_count
    editor.save(SERVICE)
    await asyncio.sleep(1)
    assert editor.client.diagnostic_refresh_count == refreshes


async def test_what_is_open_hides_what_is_on_disk(start):
    editor = await start()
    editor.open(SERVICE)
    await editor.found(SERVICE)
    write(editor.root, {SERVICE: "export class Nothing {}\n"})
    editor.disk((SERVICE, CHANGED))
    editor.open(CONTROLLER)
    await editor.found(CONTROLLER)
    await asyncio.sleep(0.3)
    assert await editor.rules(SERVICE) == ["logging/no-console"]
    editor.close(SERVICE)
    assert SERVICE not in await editor.workspace()


async def fresh(start, editor):
    """What a server that starts now finds."""
    return codes(await (await start()).workspace())


def codes(reports):
    return {path: [d.code for d in r.items] for path, r in reports.items() if r.items}


async def until_fresh(start, editor):
    expected = await fresh(start, editor)
    async with asyncio.timeout(20):
        while codes(await editor.workspace()) != expected:
            await asyncio.sleep(0.05)
    return expected


async def test_what_is_open_and_not_saved_counts_for_others(start):
    editor = await start()
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])
    editor.open("src/app.module.ts", GUARDED)
    await editor.until_rules(CONTROLLER, [])
    write(editor.root, {"src/app.module.ts": FILES["src/app.module.ts"] + "export class Other {}\n"})
    editor.disk(("src/app.module.ts", CHANGED))
    await asyncio.sleep(0.3)
    assert await editor.rules(CONTROLLER) == []


async def test_files_come_move_and_go(start):
    editor = await start()
    assert codes(await editor.workspace())[CONTROLLER] == ["guards/unguarded-route"]
    write(editor.root, {"src/app.module.ts": GUARDED})
    editor.disk(("src/app.module.ts", CHANGED))
    assert CONTROLLER not in await until_fresh(start, editor)
    (editor.root / "src/auth.guard.ts").rename(editor.root / "src/moved.guard.ts")
    editor.disk(("src/auth.guard.ts", DELETED), ("src/moved.guard.ts", CREATED))
    await until_fresh(start, editor)
    write(editor.root, {"src/auth.guard.ts": "export * from './moved.guard';\n", "src/new.ts": LOGS})
    editor.disk(("src/auth.guard.ts", CREATED), ("src/new.ts", CREATED))
    assert "src/new.ts" in await until_fresh(start, editor)
    shutil.rmtree(editor.root / "src")
    editor.disk(("src", DELETED))  # one event for all that was in it
    assert await until_fresh(start, editor) == {}


async def test_a_new_file_that_is_not_saved_yet_counts(start):
    editor = await start()
    text = GUARDED.replace("./auth.guard", "./new.guard")
    guard = (editor.root / "src/auth.guard.ts").read_text("utf-8")
    write(editor.root, {"src/app.module.ts": text})
    editor.open(CONTROLLER)
    before = await editor.rules(CONTROLLER)
    editor.open("src/new.guard.ts", guard.replace("throw new UnauthorizedException()", "console.log()"))
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])  # a guard that lets everybody in
    editor.change("src/new.guard.ts", ("console.log()", "throw new UnauthorizedException()"))
    await editor.until_rules(CONTROLLER, [])
    editor.close("src/new.guard.ts")
    await editor.until_rules(CONTROLLER, before)


async def test_a_change_of_branch_brings_thousands_of_events(start, add):
    names = [f"src/logs/{n}.ts" for n in range(1500)]
    add(dict.fromkeys(names, LOGS))
    editor = await start()
    editor.open(CONTROLLER)
    assert len(await editor.workspace()) == 1502
    for name in names[:1000]:
        (editor.root / name).unlink()
    write(editor.root, {f"src/new/{n}.ts": LOGS for n in range(100)})
    write(editor.root, {"src/app.module.ts": GUARDED})
    events = [(name, DELETED) for name in names[:1000]] + [(f"src/new/{n}.ts", CREATED) for n in range(100)]
    editor.disk(*events[:600])
    editor.disk(*events[600:], ("src/app.module.ts", CHANGED))
    await editor.until_rules(CONTROLLER, [])
    async with asyncio.timeout(20):
        while len(await editor.workspace()) != 601:
            await asyncio.sleep(0.1)


# --- folders --------------------------------------------------------------------------------


async def test_several_folders_come_and_go(start, project, tmp_path):
    settings = '{"rules": {"logging/no-console": "error"}}'
    other = write(tmp_path / "dogs", {"package.json": MANIFEST, "src/a.ts": LOGS, "nestwise.json": settings})
    editor = await start(folders=[project])
    editor.open(SERVICE)
    [found] = await editor.found(SERVICE)
    assert found.severity == lsp.DiagnosticSeverity.Warning
    folder = lsp.WorkspaceFolder(other.as_uri(), "dogs")
    uri = (other / "src/a.ts").as_uri()

    def folders(added, removed):
        event = lsp.WorkspaceFoldersChangeEvent(added, removed)
        editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))

    folders([folder], [])
    await editor.until(lambda: "dogs: 1 files" in editor.log)
    assert {r.uri for r in (await editor.workspace()).values()} >= {uri, editor.uri(SERVICE)}
    editor.open(uri, LOGS)
    [found] = await editor.found(uri)
    assert found.severity == lsp.DiagnosticSeverity.Error  # by its own settings
    editor.close(uri)
    folders([], [folder])
    left = await editor.workspace(**{uri: "x"})
    assert left[uri].items == ()


@pytest.mark.parametrize("more", [{"root_uri": None, "root_path": None}, {"folders": []}])
async def test_a_file_without_a_folder_brings_its_project(start, project, more):
    editor = await start(**more)
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])
    editor.close(CONTROLLER)
    assert await editor.workspace() == {}


async def test_a_folder_inside_a_package_stands_for_its_project(start, project):
    """Emacs takes the folder of a file for the project where there is no repository."""
    inner = project / "src"
    editor = await start(folders=[inner, project])
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])
    editor.close(CONTROLLER)
    for folder, served in ((project, True), (inner, False)):
        event = lsp.WorkspaceFoldersChangeEvent([], [lsp.WorkspaceFolder(folder.as_uri(), folder.name)])
        editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
        assert (SERVICE in await editor.workspace()) is served
    editor = await start(folders=[inner])
    editor.open(CONTROLLER)
    await editor.until_rules(CONTROLLER, ["guards/unguarded-route"])


async def test_a_client_may_give_a_path_alone(start, project):
    editor = await start(root_uri=None, root_path=str(project))
    assert SERVICE in await editor.workspace()


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "untitled:/x/Untitled-2.ts"])
async def test_a_document_without_a_file_is_checked_by_itself(start, uri):
    editor = await start()
    editor.open(uri, LOGS)
    [found] = await editor.found(uri)
    assert editor.under(uri, found) == "console.log"
    await editor.do((await editor.actions(uri, found.range))[1])
    assert "logging/no-console" not in await editor.rules(uri)
    editor.close(uri)


async def test_a_folder_without_nest_is_left_alone(start, tmp_path):
    root = write(tmp_path / "plain", {"package.json": "{}", "src/a.ts": "console.log(1);\n"})
    editor = await start(root=root)
    editor.open("src/a.ts")
    assert await editor.rules("src/a.ts") == []
    assert await editor.workspace() == {}
    assert "nothing is checked" in editor.log
    assert editor.shown == []


@pytest.mark.parametrize("path", ["src/a.d.ts", "src/a.js", "README.md", "node_modules/x/a.ts", "dist/a.ts"])
async def test_what_is_not_source_is_not_checked(start, add, path):
    add({path: LOGS})
    editor = await start()
    editor.open(path, language="typescript")
    assert await editor.rules(path) == []
    editor.change(path, ("1", "2"))
    assert await editor.actions(path, editor.range(path, "console")) == []
    assert path not in await editor.workspace()
