"""Small applications in Markdown, started by Nest: our routes must be Nest's, in Nest's order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nest_oracle import Row, comparables, nest, ours

PAGES = sorted((Path(__file__).parent / "cases").glob("*.md"))
COMMON = (
    "All Catch Controller Delete DynamicModule Get Global Head Inject Injectable MiddlewareConsumer Module "
    "NestModule Optional Options Patch Post Put QueryMethod RequestMapping RequestMethod Scope Search "
    "SetMetadata Sse Type "
    "UseFilters UseGuards UseInterceptors UsePipes ValidationPipe VERSION_NEUTRAL Version VersioningType "
    "applyDecorators forwardRef"
).split()
CORE = "APP_FILTER APP_GUARD APP_INTERCEPTOR APP_PIPE NestFactory Reflector RouterModule".split()


def _things() -> str:
    """Guards and the like that write their names when they run."""
    told = "function told(name: string) { (globalThis as any).ran?.push(name); return true; }"
    lines = ["import { Catch, Injectable } from '@nestjs/common';", told]
    for name in ("G1", "G2", "G3", "G4"):
        lines.append(
            f"@Injectable() export class {name} {{ canActivate() {{ told('{name}'); return true; }} }}"
        )
    for name in ("I1", "I2"):
        body = f"intercept(_: unknown, next: any) {{ told('{name}'); return next.handle(); }}"
        lines.append(f"@Injectable() export class {name} {{ {body} }}")
    for name in ("P1", "P2"):
        body = f"transform(value: unknown) {{ told('{name}'); return value; }}"
        lines.append(f"@Injectable() export class {name} {{ {body} }}")
    lines += ["@Catch() export class F1 { catch() {} }", "@Catch(TypeError) export class F2 { catch() {} }"]
    through = "(request: unknown, response: unknown, next: () => void) { next(); }"
    lines += [f"@Injectable() export class {name} {{ use{through} }}" for name in ("M1", "M2", "M3")]
    return "\n".join([*lines, f"export function f1{through}", ""])


THINGS = _things()
NAMES = re.findall(r"export (?:class|function) (\w+)", THINGS)
PRELUDE = f"""\
import {{ {", ".join(COMMON)} }} from '@nestjs/common';
import {{ {", ".join(CORE)} }} from '@nestjs/core';
import {{ FastifyAdapter, NestFastifyApplication }} from '@nestjs/platform-fastify';
import {{ {", ".join(NAMES)} }} from './things';
"""
MAIN = "const app = await NestFactory.create(AppModule);\nawait app.listen(3000);\n"
BOOTSTRAP = "async function bootstrap() {{\n{steps}}}\nvoid bootstrap();\n"
PACKAGE = '{ "name": "case", "dependencies": { "@nestjs/core": "^11.0.0" } }'
CONFIG = '{ "compilerOptions": { "target": "ES2022" } }'


def cases_of(page: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """Titles with their blocks: what stands behind ```` ```ts ````, and the code."""
    found = []
    for part in page.read_text("utf-8").split("\n## ")[1:]:
        found.append((part.partition("\n")[0], re.findall(r"^```ts ?(.*)\n((?:.*\n)*?)```$", part, re.M)))
    return found


def write_case(root: Path, blocks: list[tuple[str, str]]) -> None:
    """Make a workspace of the blocks of a case."""
    code = "".join(body for given, body in blocks if not given)
    main = next((body for given, body in blocks if given == "main"), MAIN)
    imports = "".join(line + "\n" for line in main.splitlines() if line.startswith("import "))
    steps = "".join(f"  {line}\n" for line in main.splitlines() if not line.startswith("import "))
    files = {
        "package.json": PACKAGE,
        "tsconfig.json": CONFIG,
        "src/things.ts": THINGS,
        "src/main.ts": f"{PRELUDE}{imports}{code}\n{BOOTSTRAP.format(steps=steps)}",
        **{given.removeprefix("path="): body for given, body in blocks if given.startswith("path=")},
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, list[Row]]]:
    """Nest's routes of all cases, asked in one go."""
    top = tmp_path_factory.mktemp("cases")
    roots: dict[str, Path] = {}
    for page in PAGES:
        for number, (title, blocks) in enumerate(cases_of(page)):
            roots[f"{page.stem}: {title}"] = root = top / f"{page.stem}-{number}"
            write_case(root, blocks)
    found = nest((root, "src/main.ts") for root in roots.values())
    return {name: (root, answer["routes"]) for (name, root), answer in zip(roots.items(), found, strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("name", [f"{page.stem}: {title}" for page in PAGES for title, _ in cases_of(page)])
def test_routes_are_those_of_nest(name: str, answers: dict[str, tuple[Path, list[Row]]]) -> None:
    root, expected = answers[name]
    assert comparables(ours(root)) == comparables(expected)
    assert expected
