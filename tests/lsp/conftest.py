"""A small Nest project on disk, and editors that open it."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))
from editor import Editor, connect

MANIFEST = json.dumps(
    {"name": "cats", "dependencies": {"@nestjs/common": "^11.0.0", "@nestjs/core": "^11.0.0"}}
)
FILES = {
    "package.json": MANIFEST,
    "src/main.ts": """\
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
bootstrap();
""",
    "src/app.module.ts": """\
import { Module } from '@nestjs/common';
import { CatsController } from './cats.controller';

@Module({ controllers: [CatsController], providers: [] })
export class AppModule {}
""",
    "src/auth.guard.ts": """\
import { CanActivate, ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';

@Injectable()
export class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    if (!request.user) throw new UnauthorizedException();
    return true;
  }
}
""",
    "src/cats.controller.ts": """\
import { Controller, Delete, Param, Patch, UseGuards } from '@nestjs/common';
import { AuthGuard } from './auth.guard';

@Controller('cats')
export class CatsController {
  @UseGuards(AuthGuard)
  @Patch(':id')
  change(@Param('id') id: string) {
    return id;
  }

  @Delete(':id')
  remove(@Param('id') id: string) {
    return id;
  }
}
""",
    "src/cats.service.ts": """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class CatsService {
  greet(name: string) {
    /* é😀 */ console.log(name);
  }
}
""",
}


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "cats", FILES)


@pytest.fixture
def add(project: Path) -> Callable[..., Path]:
    return lambda files: write(project, files)


@pytest_asyncio.fixture
async def start(project: Path, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await start("vscode")` gives an editor with the project open; all of them are closed at the end."""
    editors: list[Editor] = []

    async def begin(client: str = "vscode", root: Path | None = None, **more: Any) -> Editor:
        env = {"NESTWISE_CACHE_DIR": str(tmp_path / "cache"), **more.pop("env", {})}
        editors.append(await connect(root or project, client, env=env, **more))
        return editors[-1]

    yield begin
    for editor in editors:
        if editor.client._server is not None and editor.client._server.returncode is None:
            await editor.client.shutdown_session()
        await editor.client.stop()
