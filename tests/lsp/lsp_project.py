"""A small Nest project: one finding that the file alone tells, and one that depends on other files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

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
