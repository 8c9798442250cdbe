"""What the modules of a generated workspace share, and its controller of 1,000 lines."""

from __future__ import annotations

MAIN = """\
import { Logger, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.setGlobalPrefix('api');
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  app.enableShutdownHooks();
  const config = new DocumentBuilder().setTitle('Bench').setVersion('1.0').build();
  SwaggerModule.setup('docs', app, SwaggerModule.createDocument(app, config));
  await app.listen(process.env.PORT ?? 3000);
  new Logger('bootstrap').log('ready');
}

bootstrap();
"""


def pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def camel(name: str) -> str:
    return pascal(name)[0].lower() + pascal(name)[1:]


def common() -> dict[str, str]:
    """What all modules share: decorators, a guard, a filter, a base DTO."""
    return {
        "src/common/public.decorator.ts": (
            "import { SetMetadata } from '@nestjs/common';\n\nexport const IS_PUBLIC = 'isPublic';\n"
            "export const Public = () => SetMetadata(IS_PUBLIC, true);\n"
        ),
        "src/common/current-user.decorator.ts": (
            "import { createParamDecorator, ExecutionContext } from '@nestjs/common';\n\n"
            "export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext) => {\n"
            "  return context.switchToHttp().getRequest().user;\n});\n"
        ),
        "src/common/auth.decorator.ts": (
            "import { applyDecorators, UseGuards } from '@nestjs/common';\n"
            "import { ApiBearerAuth, ApiUnauthorizedResponse } from '@nestjs/swagger';\n"
            "import { JwtAuthGuard } from './jwt-auth.guard';\n\n"
            "export function Auth() {\n  return applyDecorators(\n    UseGuards(JwtAuthGuard),\n"
            "    ApiBearerAuth(),\n    ApiUnauthorizedResponse({ description: 'no valid token' }),\n  );\n}\n"
        ),
        "src/common/jwt-auth.guard.ts": """\
import { CanActivate, ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { IS_PUBLIC } from './public.decorator';

@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly jwt: JwtService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const open = this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (open) {
      return true;
    }
    const request = context.switchToHttp().getRequest();
    const [kind, token] = (request.headers.authorization ?? '').split(' ');
    if (kind !== 'Bearer' || !token) {
      throw new UnauthorizedException();
    }
    request.user = await this.jwt.verifyAsync(token);
    return true;
  }
}
""",
        "src/common/page.dto.ts": """\
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

export class PageDto {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Type(() => Number)
  page: number = 1;

  @IsOptional()
  @IsInt()
  @Max(100)
  @Type(() => Number)
  size: number = 20;

  @IsOptional()
  @IsString()
  search?: string;
}
""",
        "src/common/base.entity.ts": (
            "import { CreateDateColumn, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';\n\n"
            "export abstract class BaseEntity {\n  @PrimaryGeneratedColumn('uuid')\n  id: string;\n\n"
            "  @CreateDateColumn()\n  createdAt: Date;\n\n  @UpdateDateColumn()\n  updatedAt: Date;\n}\n"
        ),
        "src/common/index.ts": (
            "export * from './auth.decorator';\nexport * from './base.entity';\n"
            "export * from './current-user.decorator';\nexport * from './jwt-auth.guard';\n"
            "export * from './page.dto';\nexport * from './public.decorator';\n"
        ),
    }


def app_module(modules: list[str]) -> str:
    imports = "".join(f"import {{ {pascal(m)}Module }} from './{m}/{m}.module';\n" for m in modules)
    listed = "".join(f"    {pascal(m)}Module,\n" for m in modules)
    return (
        "import { Module } from '@nestjs/common';\nimport { JwtModule } from '@nestjs/jwt';\n"
        "import { TypeOrmModule } from '@nestjs/typeorm';\n"
        "import { CatalogController } from './catalog/catalog.controller';\n"
        f"{imports}\n@Module({{\n  imports: [\n    TypeOrmModule.forRoot({{ type: 'postgres', autoLoadEntities: true }}),\n"
        f"    JwtModule.register({{ global: true, secret: process.env.JWT_SECRET }}),\n{listed}  ],\n"
        "  controllers: [CatalogController],\n})\nexport class AppModule {}\n"
    )


def big_controller(lines: int) -> str:
    """A controller of exactly `lines` lines, with one method for each kind of edit near its middle."""
    head = """\
import { Body, Controller, Delete, Get, Param, ParseIntPipe, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, JwtAuthGuard, PageDto, Public } from '../common';

@ApiTags('catalog')
@UseGuards(JwtAuthGuard)
@Controller('catalog')
export class CatalogController {
  private readonly entries = new Map<number, Record<string, unknown>>();

"""
    part = """\
  @Post(':id/step-{i}')
  @ApiOperation({{ summary: 'Step {i}' }})
  async step{i}(
    @Param('id', ParseIntPipe) id: number,
    @Query() page: PageDto,
    @CurrentUser() user: {{ id: string }},
  ): Promise<Record<string, unknown>> {{
    const entry = this.entries.get(id) ?? {{ id, by: user.id }};
    const seen = [...this.entries.values()].slice(page.page * page.size, (page.page + 1) * page.size);
    if (seen.some((other) => other.id === id && other.by !== user.id)) {{
      throw new Error(`entry ${{id}} was taken by ${{String(entry.by)}}`);
    }}
    for (const [key, value] of Object.entries(entry)) {{
      if (typeof value === 'string' && value.includes(page.search ?? '')) {{
        entry[`${{key}}-{i}`] = value.trim().toLowerCase();
      }}
    }}
    this.entries.set(id, entry);
    return entry;
  }}

"""
    thin = """\
  @Get(':id/view-{i}')
  @ApiOperation({{ summary: 'View {i}' }})
  view{i}(
    @Param('id', ParseIntPipe) id: number,
    @Query() page: PageDto,
    @CurrentUser() user: {{ id: string }},
  ): Record<string, unknown> {{
    return {{ ...this.entries.get(id), page: page.page, by: user.id }};
  }}

"""
    group = thin + part + thin  # two of three handlers do what handlers should
    parts = (lines - head.count("\n") - 1) // group.count("\n")
    text = head + "".join(group.format(i=i) for i in range(parts))
    filler = lines - text.count("\n") - 1
    return text + "".join(f"  // {i + 1} more to come\n" for i in range(filler)) + "}\n"
