"""A small Nest project; on each line with a finding, é and 😀 come before it."""

FILES = {
    "package.json": """\
{
  "name": "cats",
  "dependencies": {"@nestjs/common": "^11.0.0", "@nestjs/core": "^11.0.0", "class-validator": "^0.14.0"}
}
""",
    "src/main.ts": """\
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
  await app.listen(3000);
}
bootstrap();
""",
    "src/app.module.ts": """\
import { Module } from '@nestjs/common';
import { CatsController } from './cats/cats.controller';
import { CatsService } from './cats/cats.service';

@Module({ controllers: [CatsController], providers: [CatsService] })
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
    "src/cats/cats.controller.ts": """\
import { Body, Controller, Delete, Get, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { AuthGuard } from '../auth.guard';
import { CatsService } from './cats.service';

@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @UseGuards(AuthGuard)
  @Patch(':id')
  change(@Param('id') id: string) {
    return id;
  }

  @UseGuards(AuthGuard)
  @Get(':id')
  /* é😀 */ age(@Param('id') id: string) {
    const years: number[] = [];
    for (const part of id.split('-')) {
      if (part.length > 2) years.push(part.length);
    }
    return { id, years };
  }

  /* é😀 */ @Delete(':id')
  /* é😀 */ remove(@Param('id') id: string) {
    return id;
  }

  @UseGuards(AuthGuard)
  @Post()
  /* é😀 */ create(@Body() cat: { name: string; age: number }) {
    return this.cats.add(cat.name, cat.age);
  }
}
""",
    "src/cats/cats.service.ts": """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class CatsService {
  add(name: string, age: number) {
    /* é😀 */ console.log(name);
    return { name, age };
  }
}
""",
}
