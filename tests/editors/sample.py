"""A small Nest project as the editors open it: every line with a finding has é and 😀 before it."""

from __future__ import annotations

import json

SERVICE = "src/cats/cats.service.ts"
CONTROLLER = "src/cats/cats.controller.ts"
MODULE = "src/app.module.ts"
DOGS = "src/dogs/dogs.controller.ts"
DOGS_MODULE = "src/dogs/dogs.module.ts"
DOGS_SERVICE = "src/dogs/dogs.service.ts"
"""Not there: a refactoring creates it."""

FILES = {
    "package.json": json.dumps(
        {"name": "zoo", "dependencies": {"@nestjs/common": "^11.0.0", "@nestjs/core": "^11.0.0"}}
    ),
    "src/main.ts": """\
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
void bootstrap();
""",
    MODULE: """\
import { Module } from '@nestjs/common';
import { AuthGuard } from './auth.guard';
import { CatsController } from './cats/cats.controller';
import { CatsService } from './cats/cats.service';
import { DogsModule } from './dogs/dogs.module';

@Module({
  imports: [DogsModule],
  controllers: [CatsController],
  providers: [CatsService, AuthGuard],
})
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
    CONTROLLER: """\
import { Controller, Delete, Param, Patch, UseGuards } from '@nestjs/common';
import { AuthGuard } from '../auth.guard';
import { CatsService } from './cats.service';

@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @UseGuards(AuthGuard)
  @Patch(':id')
  change(@Param('id') id: string) {
    return this.cats.greet(id);
  }

  /* é😀 */ @Delete(':id') remove(@Param('id') id: string) {
    return this.cats.forget(id);
  }
}
""",
    SERVICE: """\
import { Injectable, Logger } from '@nestjs/common';

@Injectable()
export class CatsService {
  private readonly logger = new Logger(CatsService.name);

  greet(name: string) {
    /* é😀 */ console.log('é😀', name);
    return name;
  }

  forget(name: string) {
    /* 😀é */ console.warn('forgotten', name);
    return true;
  }
}
""",
    DOGS: """\
import { Controller, Get, Query } from '@nestjs/common';

@Controller('dogs')
export class DogsController {
  @Get() /* é😀 */ list(@Query('name') name: string) {
    const found = ['é😀', 'b'].filter((dog) => dog !== name);
    return { found, name };
  }
}
""",
    DOGS_MODULE: """\
import { Module } from '@nestjs/common';
import { DogsController } from './dogs.controller';

/* é😀 */ @Module({ controllers: [DogsController] }) export class DogsModule {}
""",
}
