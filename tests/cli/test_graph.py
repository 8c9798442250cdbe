"""`nestwise graph`: modules and providers of every application, as text, JSON, Mermaid and DOT."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

WORKSPACES = Path(__file__).parents[1] / "workspaces"
DIAGRAMS = Path(__file__).parents[1] / "node" / "diagrams.mjs"
MAIN = """\
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
void bootstrap();
"""
APP = """\
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CatsModule } from './cats.module';
import { DogsModule } from './dogs.module';
import { modules } from './plugins';
@Module({ imports: [ConfigModule, CatsModule, DogsModule, ...modules()] })
export class AppModule {}
"""
CATS = """\
import { Global, Inject, Injectable, Module, forwardRef } from '@nestjs/common';
import { DogsModule, DogsService } from './dogs.module';
@Injectable()
export class CatsService {
  constructor(@Inject('größe "é😀" <T>') size: number, dogs: DogsService, @Inject('nowhere') lost: string) {}
}
@Global()
@Module({
  imports: [forwardRef(() => DogsModule)],
  providers: [CatsService, { provide: 'größe "é😀" <T>', useValue: 1 }],
  exports: [CatsService],
})
export class CatsModule {}
"""
DOGS = """\
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { CatsModule, CatsService } from './cats.module';
@Injectable()
export class DogsService {}
@Controller('dogs')
export class DogsController {
  constructor(private readonly cats: CatsService) {}
  @Get() all() {}
}
@Module({
  imports: [CatsModule],
  providers: [DogsService],
  controllers: [DogsController],
  exports: [DogsService],
})
export class DogsModule {}
"""
FILES = {
    "src/main.ts": MAIN,
    "src/app.module.ts": APP,
    "src/cats.module.ts": CATS,
    "src/dogs.module.ts": DOGS,
    "src/plugins.ts": "export const modules = () => JSON.parse(process.env.PLUGINS ?? '[]');\n",
}


@pytest.fixture
def kennel(project):
    return project(FILES)


def out(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_tree_marks_circles_repeats_globals_and_what_is_unknown(kennel, nestwise):
    assert out(nestwise("graph", kennel)) == (
        "cats  http\n"
        "AppModule\n"
        "├─ ? not all imports can be read\n"
        "├─ ConfigModule  @nestjs/config\n"
        "├─ CatsModule  global\n"
        "│  └─ DogsModule\n"
        "│     └─ CatsModule  global, ↺ in a circle\n"
        "└─ DogsModule  ↑ as above\n"
        "4 modules; 1 circle of imports.\n"
        "circle: CatsModule, DogsModule\n"
        "unknown: there may be more modules, because of the imports of AppModule.\n"
    )


def test_providers_are_listed_with_where_their_dependencies_come_from(kennel, nestwise):
    shown = out(nestwise("graph", "--providers", kennel))
    assert '│  │  provider CatsService ← "größe "é😀" <T>", DogsService of DogsModule,\n' in shown
    assert '│  │  provider "größe "é😀" <T>" (value)\n' in shown
    assert "controller DogsController ← CatsService of CatsModule\n" in shown
    assert '"nowhere" (unknown: ' in shown  # modules that cannot be read may provide it
    assert "│  │  exports CatsService\n" in shown
    assert "4 modules, 5 providers, 1 controller;" in shown


def test_a_missing_dependency_is_named_where_nothing_is_hidden(project, nestwise):
    closed = APP.replace(", ...modules()", "").replace("ConfigModule, ", "")
    root = project({**FILES, "src/app.module.ts": closed})
    assert '"nowhere" (missing)\n' in out(nestwise("graph", "--providers", root))


def test_a_module_is_shown_with_its_neighbours(kennel, nestwise):
    assert out(nestwise("graph", "--module", "DogsModule", kennel)).startswith(
        "cats  http\nimported by AppModule, CatsModule\nDogsModule\n└─ CatsModule  global\n"
    )
    found = json.loads(out(nestwise("graph", "--module", "DogsModule", "--format", "json", kennel)))
    assert [m["id"] for m in found["applications"][0]["modules"]] == ["AppModule", "CatsModule", "DogsModule"]


def test_json_has_circles_and_unknowns(kennel, nestwise):
    [app] = json.loads(out(nestwise("graph", "--format", "json", kennel)))["applications"]
    assert app["circles"] == [["CatsModule", "DogsModule"]]
    assert app["modules"][0]["unknown"]
    assert not app["modules"][1]["unknown"]


@pytest.mark.parametrize("style", ["text", "json", "mermaid", "dot"])
def test_the_same_workspace_gives_the_same_text(nestwise, style):
    first, second = (
        out(nestwise("graph", "--providers", "--format", style, WORKSPACES / "mono", PYTHONHASHSEED=seed))
        for seed in ("1", "2")
    )
    assert first == second
    assert first.strip()


def test_an_application_is_picked_by_its_name_its_package_or_its_file(nestwise):
    shop = WORKSPACES / "shop"
    names = [
        [
            a["name"]
            for a in json.loads(out(nestwise("graph", "--format", "json", *app, shop)))["applications"]
        ]
        for app in ([], ["--app", "shop-api"], ["--app", "src/main.ts"], ["--app", "shop-api (src/main.ts)"])
    ]
    assert names[0] == names[1] == ["shop-api (src/backoffice.ts)", "shop-api (src/main.ts)"]
    assert names[2] == names[3] == ["shop-api (src/main.ts)"]


def test_wrong_names_are_errors_with_the_nearest_one(kennel, nestwise, tmp_path):
    for args, message in {
        ("--module", "CatModule"): "there is no module `CatModule`; did you mean `CatsModule`?",
        ("--app", "cat"): "there is no application `cat`; did you mean `cats`?",
    }.items():
        done = nestwise("graph", *args, kennel)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith(f"nestwise: {message}")
    assert nestwise("graph", "--format", "svg", kennel).returncode == 2
    assert nestwise("graph", tmp_path / "missing").returncode == 2


def test_colours_only_where_somebody_watches(kennel, nestwise):
    assert "\x1b[" not in out(nestwise("graph", kennel))
    assert "\x1b[1mAppModule\x1b[0m" in out(nestwise("graph", "--color", "always", kennel))


@pytest.mark.slow
def test_mermaid_and_graphviz_accept_what_is_drawn(kennel, nestwise):
    drawings = [
        (kind, providers, out(nestwise("graph", "--format", kind, *providers, root)))
        for root in (kennel, WORKSPACES / "shop", WORKSPACES / "mono")
        for kind in ("mermaid", "dot")
        for providers in ([], ["--providers"])
    ]
    asked = json.dumps([{"kind": kind, "text": text} for kind, _, text in drawings])
    done = subprocess.run(["node", DIAGRAMS], input=asked, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert not [f for f in found if "error" in f]
    mermaid, with_providers, dot, dot_with_providers = found[:4]
    modules = {"CatsModule\nglobal", "ConfigModule\n@nestjs/config", "DogsModule"}
    assert modules < set(mermaid["boxes"])
    assert modules < set(dot["boxes"])
    assert mermaid["groups"] == dot["groups"] == ["cats"]
    assert mermaid["arrows"] == dot["arrows"] == 5
    token = '"größe "é😀" <T>"'
    assert token in with_providers["boxes"]
    assert token in dot_with_providers["boxes"]
    assert with_providers["arrows"] == dot_with_providers["arrows"] == 5 + 3


@pytest.mark.parametrize(("version", "count"), [("^11.0.0", 2), ("^10.0.0", 1), ("latest", 2)])
def test_equal_dynamic_modules_are_one_before_nest_11(project, nestwise, version, count):
    """As the container of each of these versions has it."""
    app = (
        "import { Module } from '@nestjs/common';\nimport { NestFactory } from '@nestjs/core';\n"
        "@Module({}) class Cats { static register() { return { module: Cats, providers: [] }; } }\n"
        "@Module({ imports: [Cats.register()] }) class Dogs {}\n"
        "@Module({ imports: [Cats.register(), Dogs] }) class App {}\nvoid NestFactory.create(App);\n"
    )
    manifest = {"name": "app", "dependencies": {"@nestjs/common": version, "@nestjs/core": version}}
    root = project({"src/main.ts": app, "package.json": json.dumps(manifest)})
    done = nestwise("graph", "--format", "json", root)
    [found] = json.loads(done.stdout)["applications"]
    assert [m["name"] for m in found["modules"]].count("Cats") == count
