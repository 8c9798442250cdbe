"""An edit makes the model answer again what depends on it, however large the workspace is."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from nestwise.project.model.applications import applications
from nestwise.project.model.conventions import habits_of
from nestwise.project.model.practices import practices_of
from nestwise.project.model.refusals import refusals_of
from nestwise.syntax.source import Source
from nestwise.workspace import Workspace

SIZES = (100, 400)
CONTROLLER = "src/address/address.controller.ts"
SERVICE = "src/address/address.service.ts"
DTO = "src/address/dto/create-address.dto.ts"
MODULE = "src/address/address.module.ts"


class Editor:
    """Some open files of a workspace, all checked after every edit."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.workspace.load()
        for path in (CONTROLLER, SERVICE, DTO):
            self.workspace.put(path, Source.parse((root / path).read_bytes()))
        self._check()

    def edit(self, path: str, before: str, after: str) -> int:
        """How many questions were answered again."""
        found = self.workspace.file(path)
        assert found is not None
        assert before.encode() in found.data
        start = self.workspace.project.computed
        self.workspace.put(path, Source.parse(found.data.replace(before.encode(), after.encode(), 1)))
        self._check()
        return self.workspace.project.computed - start

    def findings(self, path: str) -> list[str]:
        file = self.workspace.file(path)
        assert file is not None
        return [d.rule.id for d in self.workspace.check(file).diagnostics]

    def _check(self) -> None:
        for path in (CONTROLLER, SERVICE, DTO):
            self.findings(path)


@pytest.fixture(scope="module")
def editors(tmp_path_factory: pytest.TempPathFactory) -> list[Editor]:
    made = []
    for size in SIZES:
        root = tmp_path_factory.mktemp(f"files-{size}")
        generate = [sys.executable, "-m", "tests.benchmarks.generate", str(root), str(size)]
        subprocess.run(generate, cwd=Path(__file__).parents[2], check=True, capture_output=True)
        made.append(Editor(root))
    return made


def test_typing_in_a_body_asks_nothing_again(editors):
    for editor in editors:
        assert editor.edit(SERVICE, "return found;", "return found ; // é 😀") == 0
        assert editor.edit(CONTROLLER, "return this.addressService.findOne(id);", "return null;") == 0


def test_a_property_of_a_class_asks_a_little_again(editors):
    added = "Dto {\n  readonly added: string;\n"
    small, large = (editor.edit(DTO, "Dto {\n", added) for editor in editors)
    assert 0 < small == large < 60
    for editor in editors:
        assert "dto-validation/unvalidated-property" in editor.findings(DTO)


def test_a_signature_asks_a_little_again(editors):
    before = "findOne(@Param('id', ParseUUIDPipe) id: string)"
    after = "findOne(@Query() query: FindAddressDto)"
    small, large = (editor.edit(CONTROLLER, before, after) for editor in editors)
    assert 0 < small == large < 60


def test_a_guard_for_all_routes_asks_again_what_depends_on_it(editors):
    counts = []
    for editor in editors:
        editor.edit(
            MODULE, "import { Module }", "import { APP_GUARD } from '@nestjs/core';\nimport { Module }"
        )
        guard = "providers: [{ provide: APP_GUARD, useFactory: () => null }, "
        counts.append(editor.edit(MODULE, "providers: [", guard))
    assert 0 < counts[0] == counts[1] < 60


def test_what_all_checks_ask_can_be_asked_in_small_pieces(editors):
    for root in (editor.workspace.root for editor in editors):
        workspace = Workspace(root)
        workspace.load()
        asked = [workspace.project.computed]
        asked += [workspace.project.computed for _ in workspace.prepare()]
        pieces = [after - before for before, after in pairwise(asked[1:])]
        file = workspace.file(CONTROLLER)
        workspace.check(file)
        left = workspace.project.computed - asked[-1]
        assert left < sum(pieces) / 5
        assert max(pieces) < sum(pieces) / 5


def test_injection_asks_again_what_an_edit_concerns(editors):
    """A dependency in a constructor, a scope, a provider in a module: as much as each concerns."""

    def refusals(editor):
        project = editor.workspace.project
        start = project.computed
        apps = applications(project)
        found = [r for app in apps for r in refusals_of(project, app.started, app.entry or app.path)]
        return [r.sentence for r in found], project.computed - start

    erased = "constructor(private readonly state: AddressState, "
    factory = "providers: [{ provide: 'é 😀', useFactory: () => 1, inject: [AddressController] }, "
    edits = (
        (SERVICE, "constructor(", erased, 1),
        (SERVICE, erased, "constructor(", 0),
        (SERVICE, "@Injectable()", "@Injectable({ scope: 1 })", 0),
        (MODULE, "providers: [", factory, 1),
    )
    for editor in editors:
        refusals(editor)
    for path, before, after, wrong in edits:
        counts = []
        for editor in editors:
            editor.edit(path, before, after)
            found, computed = refusals(editor)
            assert len(found) == wrong, (before, found)
            counts.append(computed)
        assert 0 < counts[0] < 60
        assert counts[1] <= counts[0] + 5
    for editor in editors:
        editor.edit(CONTROLLER, "return null;", "return undefined;")
        assert refusals(editor)[1] == 0


def test_habits_of_a_package_ask_again_what_an_edit_changed(editors):
    def asked(editor: Editor) -> int:
        """How many questions about habits are answered again."""
        project = editor.workspace.project
        before = project.computed
        habits_of(project, "src/address")
        practices_of(project, "")
        return project.computed - before

    for editor in editors:
        assert asked(editor) > 0
        assert asked(editor) == 0
    counts = []
    for editor in editors:
        editor.edit(CONTROLLER, "export class", 'const added = ["é😀", "b", "c"];\nexport class')
        counts.append(asked(editor))
        editor.edit(CONTROLLER, '["é😀", "b", "c"]', '["é😀", "d", "c"]')
        counts.append(asked(editor))
    assert counts[0] == counts[2]
    assert 0 < counts[0] < 30
    assert counts[1] == counts[3] <= counts[0]
