"""nestwise behind LSP4IJ's client: lsp4j on the wire, its capabilities, and what it asks in which order."""

from __future__ import annotations

import time
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.slow
CONTROLLER, SERVICE = "src/cats/cats.controller.ts", "src/cats/cats.service.ts"
CONSOLE, OPEN, UNTYPED = "logging/no-console", "guards/unguarded-route", "dto-validation/untyped-input"


def pulled(ide, file, rules):
    """The findings by rule, once they are of these: whenever the server says so, they are pulled again."""
    while True:
        found = {one["rule"]: one for one in ide.do("pull", file=file)}
        if sorted(found) == sorted(rules):
            return found
        assert ide.do("refreshed"), f"nothing but {sorted(found)} comes"


def opened(ide, file, rules):
    ide.do("open", file=file, language="typescript")
    return pulled(ide, file, rules)


def test_what_it_says_of_itself_and_asks_for(ide):
    provider = ide.capabilities["diagnosticProvider"]
    assert (provider["identifier"], provider["interFileDependencies"]) == ("nestwise", True)
    assert ide.capabilities["positionEncoding"] == "utf-16"
    assert ide.capabilities["codeActionProvider"]["resolveProvider"] is True
    opened(ide, SERVICE, [CONSOLE])
    told = ide.do("told")
    assert "workspace/didChangeWatchedFiles" in told["registered"]
    assert {"string initialize", "string textDocument/diagnostic"} <= set(told["ids"])
    assert told["messages"] == []


def test_findings_are_pulled_and_stand_where_they_are(ide):
    found = opened(ide, CONTROLLER, [OPEN, UNTYPED])
    assert {rule: one["under"] for rule, one in found.items()} == {OPEN: "remove", UNTYPED: "cat"}
    assert {(one["source"], one["severity"]) for one in found.values()} == {("nestwise", "Warning")}
    page = urlsplit(found[OPEN]["page"])
    assert page.scheme == "file"
    with open(unquote(page.path), encoding="utf-8") as file:
        assert file.readline() == f"# {OPEN}\n"
    assert ide.do("told")["pushed"] == []


def test_a_quick_fix_is_resolved_when_it_is_taken(ide):
    opened(ide, SERVICE, [CONSOLE])
    fixes = ide.do("fixes", file=SERVICE, rule=CONSOLE)
    assert 1 <= len(fixes) <= 20
    assert fixes[0] == {"title": "Use `this.logger.log`", "kind": "quickfix", "edit": False, "command": None}
    assert ide.do("take", title="Use `this.logger.log`") == [SERVICE]
    text = ide.do("text", file=SERVICE)
    assert "    /* é😀 */ this.logger.log(name);\n" in text
    assert "private readonly logger = new Logger(CatsService.name);" in text
    assert ide.do("pull", file=SERVICE) == []


def test_all_findings_of_one_range_are_asked_about_at_once(ide):
    """A finding inside of another one comes with the fixes of both."""
    opened(ide, CONTROLLER, [OPEN, UNTYPED])
    ide.do("type", file=CONTROLLER, at="remove(@Param('id') id: string)", with_="remove(@Body() remove)")
    pulled(ide, CONTROLLER, [OPEN, UNTYPED])
    titles = [one["title"] for one in ide.do("fixes", file=CONTROLLER, rule=OPEN)]
    assert titles[0] == "Guard `remove` with `@UseGuards(AuthGuard)`"
    assert len(titles) == len(set(titles)) <= 20


def test_typing_changes_what_is_found(ide):
    opened(ide, SERVICE, [CONSOLE])
    ide.do(
        "type", file=SERVICE, at="console.log(name);", with_="const 😀é = name; console.error('é😀', name);"
    )
    [found] = ide.do("pull", file=SERVICE)
    assert found["under"] == "console.error"
    ide.do("type", file=SERVICE, at="console.error('é😀', name);", with_="")
    assert ide.do("pull", file=SERVICE) == []


def test_a_fix_creates_a_file_and_changes_others(ide):
    opened(ide, CONTROLLER, [OPEN, UNTYPED])
    ide.do("fixes", file=CONTROLLER, rule=UNTYPED)
    changed = ide.do("take", title="Create `CreateCatDto`")
    assert changed == ["src/cats/cats.controller.ts", "src/cats/dto/create-cat.dto.ts"]
    assert "class CreateCatDto {" in (ide.root / changed[1]).read_text("utf-8")
    assert "/* é😀 */ create(@Body() cat: CreateCatDto) {" in ide.do("text", file=CONTROLLER)
    assert [one["rule"] for one in ide.do("pull", file=CONTROLLER)] == [OPEN]


def test_intentions_come_without_findings(ide):
    """At a handler's name its body can be moved to the service, which is closed and then changed on disk."""
    opened(ide, CONTROLLER, [OPEN, UNTYPED])
    intentions = ide.do("intentions", file=CONTROLLER, at="age(@Param")
    [moved] = [one for one in intentions if one["kind"] == "refactor.extract"]
    assert not moved["edit"]
    assert all(one["kind"] != "quickfix" for one in intentions)
    assert ide.do("take", title=moved["title"]) == [CONTROLLER, SERVICE]
    assert "return this.cats.age(id);" in ide.do("text", file=CONTROLLER)
    assert "if (part.length > 2) years.push(part.length);" in (ide.root / SERVICE).read_text("utf-8")


def test_an_explanation_is_a_command_that_opens_the_page(ide):
    opened(ide, SERVICE, [CONSOLE])
    fixes = ide.do("fixes", file=SERVICE, rule=CONSOLE)
    assert {
        "title": f"Explain {CONSOLE}",
        "kind": "quickfix",
        "edit": False,
        "command": "nestwise.explain",
    } in fixes
    assert ide.do("take", title=f"Explain {CONSOLE}") == []
    [shown] = ide.do("told")["shown"]
    assert unquote(urlsplit(shown).path).endswith("/logging/no_console.md")


def test_hover_says_why(ide):
    opened(ide, SERVICE, [CONSOLE])
    hover = ide.do("hover", file=SERVICE, at="log(name)")
    assert hover["contents"]["kind"] == "markdown"
    assert "## Why" in hover["contents"]["value"]
    assert hover["range"]["start"] == {"line": 5, "character": 14}


def test_what_changes_on_disk_asks_for_another_pull(ide):
    opened(ide, CONTROLLER, [OPEN, UNTYPED])
    main = ide.root / "src/app.module.ts"
    guarded = main.read_text().replace(
        "[CatsService]", "[CatsService, { provide: APP_GUARD, useClass: AuthGuard }]"
    )
    head = "import { APP_GUARD } from '@nestjs/core';\nimport { AuthGuard } from './auth.guard';\n"
    main.write_text(head + guarded)
    assert ide.do("disk", file="src/app.module.ts", type="Changed") == ["src/app.module.ts"]
    pulled(ide, CONTROLLER, [UNTYPED])
    assert ide.do("disk", file="README.txt", type="Created") == []


def test_a_mistake_in_the_settings_is_told_and_shown(ide):
    opened(ide, SERVICE, [CONSOLE])
    (ide.root / "nestwise.json").write_text('{"preset": "recomended"}')
    ide.do("open", file="nestwise.json", language="jsonc")
    [found] = ide.do("pull", file="nestwise.json")
    assert found["under"] == '"recomended"'
    ide.do("disk", file="nestwise.json", type="Created")
    end = time.monotonic() + 20
    while not (messages := ide.do("told")["messages"]) and time.monotonic() < end:
        time.sleep(0.05)
    assert "recomended" in messages[0]


def test_saved_closed_and_ended_in_order(ide):
    opened(ide, SERVICE, [CONSOLE])
    ide.do("fixes", file=SERVICE, rule=CONSOLE)
    ide.do("take", title="Use `this.logger.log`")
    ide.do("save", file=SERVICE)
    ide.do("close", file=SERVICE)
    opened(ide, SERVICE, [])
    assert ide.do("stop") == 0
    assert ide.stderr.read_text() == ""
