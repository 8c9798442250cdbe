"""What only a whole project shows of rules: levels, the preset, imports as the project writes them."""

from __future__ import annotations

import json

GUARD = """\
import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';

@Injectable()
export class JwtGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    return Boolean(context.switchToHttp().getRequest().user);
  }
}
"""
DOGS = """\
import { Controller, Get, UseGuards } from '@nestjs/common';
import { JwtGuard } from '@app/auth/jwt.guard';

@UseGuards(JwtGuard)
@Controller('dogs')
export class DogsController {
  @Get()
  all() {}
}
"""
CATS = """\
import { Controller, Get } from '@nestjs/common';
import { CatsService } from './cats.service.js';

@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @Get()
  all() {
    return this.cats;
  }
}
"""
SERVICE = "export class CatsService {}\n"
LARGE = """\
import { Controller, Get } from '@nestjs/common';

@Controller('cats')
export class CatsController {
  @Get()
  all(cats: any) { STATEMENTS }
}
"""
ALIAS = json.dumps({"compilerOptions": {"baseUrl": ".", "paths": {"@app/*": ["src/*"]}}})


def _found(nestwise, root, *flags):
    done = nestwise("check", "--format", "json", *flags, root)
    return [(f["rule"], f["level"]) for f in json.loads(done.stdout)["findings"]]


def _guarded(dogs: str, **more: str) -> dict[str, str]:
    return {
        "src/auth/jwt.guard.ts": GUARD,
        "src/dogs/dogs.controller.ts": dogs,
        "src/cats/cats.controller.ts": CATS,
        "src/cats/cats.service.ts": SERVICE,
        **more,
    }


def test_an_open_route_is_found_with_the_preset_strict_only(project, nestwise):
    root = project(_guarded(DOGS, **{"tsconfig.json": ALIAS}))
    assert _found(nestwise, root) == []
    assert _found(nestwise, root, "--preset", "strict") == [("guards/unguarded-route", "warning")]


def test_a_guard_is_imported_by_the_alias_that_the_project_uses(project, nestwise):
    settings = '{ "preset": "strict" }'
    root = project(_guarded(DOGS, **{"tsconfig.json": ALIAS, "nestwise.json": settings}))
    assert nestwise("fix", root).stdout == "0 files changed\n"
    nestwise("fix", "--unsafe", root)
    text = (root / "src/cats/cats.controller.ts").read_text("utf-8")
    assert "import { Controller, Get, UseGuards } from '@nestjs/common';\n" in text
    assert "import { JwtGuard } from '@app/auth/jwt.guard';\n" in text
    assert "  @UseGuards(JwtGuard)\n  @Get()\n" in text
    assert nestwise("check", root).returncode == 0


def test_a_guard_is_imported_by_a_relative_path_with_the_endings_of_the_file(project, nestwise):
    relative = DOGS.replace("@app/auth/jwt.guard", "../auth/jwt.guard")
    root = project(_guarded(relative, **{"nestwise.json": '{ "preset": "strict" }'}))
    nestwise("fix", "--unsafe", root)
    text = (root / "src/cats/cats.controller.ts").read_text("utf-8")
    assert "import { JwtGuard } from '../auth/jwt.guard.js';\n" in text


def test_a_large_handler_is_information_and_a_very_large_one_a_warning(project, nestwise):
    rule = "thin-controller/no-business-logic"
    for statements, level in ((19, None), (20, "information"), (24, "information"), (25, "warning")):
        root = project({"src/c.controller.ts": LARGE.replace("STATEMENTS", "cats.step();" * statements)})
        assert _found(nestwise, root) == ([(rule, level)] if level else [])
