"""errors/filter-without-catch says what a filter without `@Catch()` or `catch` does in a real Nest."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

NODE = Path(__file__).parents[1] / "node"
ANSWERS = "catch(error: unknown, host: ArgumentsHost) { host.switchToHttp().getResponse().sendStatus(299); }"
FILTERS = {
    "plain": f"@Catch() export class Filter {{ {ANSWERS} }}",
    "narrow": f"@Catch(HttpException) export class Filter {{ {ANSWERS} }}",
    "bare": f"export class Filter {{ {ANSWERS} }}",
    "empty": "@Catch() export class Filter {}",
    "nothing": "export class Filter { handle() {} }",
    "heir": f"@Catch(HttpException) export class Base {{ {ANSWERS} }} export class Filter extends Base {{}}",
    "derived": "export class Filter extends BaseExceptionFilter {}",
}
BINDINGS = {
    "class": ("@UseFilters(Filter)", "", ""),
    "instance": ("@UseFilters(new Filter())", "", ""),
    "token": ("", "{ provide: APP_FILTER, useClass: Filter }", ""),
    "global": ("", "", "app.useGlobalFilters(new Filter());"),
}
APP = """\
import {{ ArgumentsHost, Catch, Controller, Get, HttpException, Module, UseFilters }} from '@nestjs/common';
import {{ APP_FILTER, BaseExceptionFilter, NestFactory }} from '@nestjs/core';

{filter}

@Controller()
export class CatsController {{
  @Get()
  {local}
  find() {{
    throw new Error('plain');
  }}
}}

@Module({{ controllers: [CatsController], providers: [{provider}] }})
export class AppModule {{}}

export async function bootstrap() {{
  const app = await NestFactory.create(AppModule, {{ abortOnError: false }});
  {globally}
  await app.listen(0, '127.0.0.1');
  return app;
}}
"""

pytestmark = pytest.mark.slow


def found_in(folder: Path) -> dict[str, str]:
    """What is said of each application, by its folder."""
    command = [sys.executable, "-m", "nestwise", "check", "--format", "json", "--no-cache", str(folder)]
    command += ["--only", "errors/filter-without-catch"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    return {f["path"].partition("/")[0]: f["message"] for f in json.loads(done.stdout)["findings"]}


def test_what_is_said_of_a_filter_happens(tmp_path):
    files: dict[str, Path] = {}
    (tmp_path / "package.json").write_text('{ "dependencies": { "@nestjs/common": "11" } }', "utf-8")
    for (kind, text), (how, (local, provider, globally)) in product(FILTERS.items(), BINDINGS.items()):
        if kind == "derived" and how == "global":
            continue  # made without the adapter of the application, it cannot answer
        folder = tmp_path / f"{kind}-{how}"
        folder.mkdir()
        files[folder.name] = folder / "main.ts"
        app = APP.format(filter=text, local=local, provider=provider, globally=globally)
        files[folder.name].write_text(app, "utf-8")
    command = ["node", NODE / "filters.cjs", *files.values()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    happens = json.loads(done.stdout)
    assert happens.keys() == files.keys()
    found = found_in(tmp_path)
    for name, outcome in happens.items():
        said = found.get(name, "")
        kind = name.partition("-")[0]
        assert ("fails at start" in said) == (outcome == "fails"), (name, outcome, said)
        if kind in ("empty", "nothing") and outcome != "fails":
            assert (outcome, "never runs" in said) == (500, True), (name, said)
        if kind in ("bare", "derived"):
            assert "takes every exception" in said, name
            assert outcome == (299 if kind == "bare" else 500), name
        if kind in ("plain", "narrow", "heir"):
            assert said == "", name
            assert outcome == (299 if kind == "plain" else 500), name
