"""The files of one feature of a generated workspace, indented and quoted as people write them."""

from __future__ import annotations

import random

from tests.benchmarks.shared import camel, pascal

_FIELDS = (
    ("title", "string", "IsString()"),
    ("description", "string", "IsString()"),
    ("reference", "string", "Length(3, 40)"),
    ("quantity", "number", "IsInt()"),
    ("amount", "number", "IsNumber()"),
    ("currency", "string", "Length(3, 3)"),
    ("startsAt", "Date", "IsDate()"),
    ("endsAt", "Date", "IsDate()"),
    ("email", "string", "IsEmail()"),
    ("website", "string", "IsUrl()"),
    ("active", "boolean", "IsBoolean()"),
    ("priority", "number", "Min(0)"),
    ("externalId", "string", "IsUUID()"),
    ("notes", "string", "MaxLength(2000)"),
)


def module(name: str, others: list[str], rng: random.Random) -> dict[str, str]:
    """The files of one feature, the most needed first: a cut list still makes sense."""
    head = f"src/{name}/{name}"
    fields = rng.sample(_FIELDS, rng.randint(4, 8))
    nested = rng.random() < 0.5
    other = rng.choice(others) if others and rng.random() < 0.5 else None
    size = rng.choice((1, 2, 3, 4, 6, 7))
    made = {
        f"{head}.module.ts": _module(name, other),
        f"{head}.service.ts": _service(name, fields, size, other, rng),
        f"{head}.controller.ts": _controller(name, size, rng),
        f"src/{name}/dto/create-{name}.dto.ts": _create_dto(name, fields, nested, rng),
        f"src/{name}/dto/update-{name}.dto.ts": _update_dto(name),
        f"src/{name}/dto/find-{name}.dto.ts": _find_dto(name),
        f"src/{name}/entities/{name}.entity.ts": _entity(name, fields, other),
        f"src/{name}/interfaces/{name}.interface.ts": _interface(name, fields),
        f"src/{name}/events/{name}.event.ts": _event(name),
    }
    if nested:
        made[f"src/{name}/dto/{name}-line.dto.ts"] = _line_dto(name)
    if rng.random() < 0.7:
        made[f"{head}.service.spec.ts"] = _spec(name, size)
    return made


def _module(name: str, other: str | None) -> str:
    n = pascal(name)
    extra = f"import {{ {pascal(other)}Module }} from '../{other}/{other}.module';\n" if other else ""
    listed = f", {pascal(other)}Module" if other else ""
    return f"""\
import {{ Module }} from '@nestjs/common';
import {{ TypeOrmModule }} from '@nestjs/typeorm';
{extra}import {{ {n} }} from './entities/{name}.entity';
import {{ {n}Controller }} from './{name}.controller';
import {{ {n}Service }} from './{name}.service';

@Module({{
  imports: [TypeOrmModule.forFeature([{n}]){listed}],
  controllers: [{n}Controller],
  providers: [{n}Service],
  exports: [{n}Service],
}})
export class {n}Module {{}}
"""


def _create_dto(name: str, fields: list[tuple[str, str, str]], nested: bool, rng: random.Random) -> str:
    used = sorted(
        {f[2].partition("(")[0] for f in fields} | {"IsOptional"} | ({"ValidateNested"} if nested else set())
    )
    out = ["import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';\n"]
    if nested or any(f[1] == "Date" for f in fields):
        out.append("import { Type } from 'class-transformer';\n")
    out.append(f"import {{ {', '.join(used)} }} from 'class-validator';\n")
    if nested:
        out.append(f"import {{ {pascal(name)}LineDto }} from './{name}-line.dto';\n")
    out.append(f"\nexport class Create{pascal(name)}Dto {{\n")
    for i, (field, kind, check) in enumerate(fields):
        optional = i >= 3 and rng.random() < 0.5
        forgotten = rng.random() < 0.004
        out.append("  @ApiPropertyOptional()\n  @IsOptional()\n" if optional else "  @ApiProperty()\n")
        if kind == "Date":
            out.append("  @Type(() => Date)\n")
        out.append("" if forgotten and not optional else f"  @{check}\n")
        out.append(f"  readonly {field}{'?' if optional else ''}: {kind};\n\n")
    if nested:
        out.append(
            f"  @ApiProperty({{ type: () => [{pascal(name)}LineDto] }})\n  @ValidateNested({{ each: true }})\n"
            f"  @Type(() => {pascal(name)}LineDto)\n  readonly lines: {pascal(name)}LineDto[];\n\n"
        )
    return "".join(out).rstrip("\n") + "\n}\n"


def _line_dto(name: str) -> str:
    return f"""\
import {{ ApiProperty }} from '@nestjs/swagger';
import {{ IsInt, IsOptional, IsString, Min }} from 'class-validator';

export class {pascal(name)}LineDto {{
  @ApiProperty()
  @IsString()
  readonly sku: string;

  @ApiProperty({{ minimum: 1 }})
  @IsInt()
  @Min(1)
  readonly count: number;

  @ApiProperty({{ required: false }})
  @IsOptional()
  @IsString()
  readonly note?: string;

  @ApiProperty({{ required: false, default: 0 }})
  @IsOptional()
  @IsInt()
  @Min(0)
  readonly discount?: number;
}}
"""


def _update_dto(name: str) -> str:
    n = pascal(name)
    return f"""\
import {{ ApiPropertyOptional, PartialType }} from '@nestjs/swagger';
import {{ IsEnum, IsOptional, IsString, MaxLength }} from 'class-validator';
import {{ {n}State }} from '../interfaces/{name}.interface';
import {{ Create{n}Dto }} from './create-{name}.dto';

export class Update{n}Dto extends PartialType(Create{n}Dto) {{
  /** Where the {name} goes next. */
  @ApiPropertyOptional({{ enum: {n}State }})
  @IsOptional()
  @IsEnum({n}State)
  readonly state?: {n}State;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(500)
  readonly reason?: string;
}}
"""


def _find_dto(name: str) -> str:
    n = pascal(name)
    return f"""\
import {{ ApiPropertyOptional, PartialType, PickType }} from '@nestjs/swagger';
import {{ IsDateString, IsIn, IsOptional, IsUUID }} from 'class-validator';
import {{ PageDto }} from '@app/common';

const ORDERS = ['asc', 'desc'] as const;

export class {n}OrderDto extends PartialType(PickType(PageDto, ['search'] as const)) {{}}

export class Find{n}Dto extends PageDto {{
  @ApiPropertyOptional({{ enum: ORDERS }})
  @IsOptional()
  @IsIn(ORDERS)
  readonly order?: (typeof ORDERS)[number];

  @ApiPropertyOptional({{ isArray: true }})
  @IsOptional()
  @IsUUID('4', {{ each: true }})
  readonly ids?: string[];

  @ApiPropertyOptional()
  @IsOptional()
  @IsDateString()
  readonly since?: string;

  @IsOptional()
  @IsIn(['createdAt', 'updatedAt'])
  readonly by?: string;
}}
"""


def _entity(name: str, fields: list[tuple[str, str, str]], other: str | None) -> str:
    n = pascal(name)
    out = [f"import {{ Column, Entity{', JoinColumn, ManyToOne' if other else ''} }} from 'typeorm';\n"]
    out.append("import { BaseEntity } from '@app/common';\n")
    if other:
        out.append(f"import {{ {pascal(other)} }} from '../../{other}/entities/{other}.entity';\n")
    out.append(
        f"\n@Entity({{ name: '{name.replace('-', '_')}s' }})\nexport class {n} extends BaseEntity {{\n"
    )
    for field, kind, _ in fields:
        column = {"string": "{ type: 'varchar', nullable: true }", "Date": "{ type: 'timestamptz' }"}.get(
            kind, ""
        )
        out.append(f"  @Column({column})\n  {field}: {kind};\n\n")
    if other:
        out.append(
            f"  @ManyToOne(() => {pascal(other)}, {{ onDelete: 'CASCADE' }})\n  @JoinColumn()\n"
            f"  {camel(other)}: {pascal(other)};\n\n"
        )
    return "".join(out).rstrip("\n") + "\n}\n"


def _interface(name: str, fields: list[tuple[str, str, str]]) -> str:
    n = pascal(name)
    body = "".join(f"  {field}: {kind};\n" for field, kind, _ in fields)
    return (
        f"/** A {name} as other services see it. */\nexport interface I{n} {{\n  id: string;\n{body}}}\n\n"
        f"export enum {n}State {{\n  Draft = 'draft',\n  Active = 'active',\n  Archived = 'archived',\n}}\n\n"
        f"export type {n}Change = Partial<Omit<I{n}, 'id'>> & {{ by: string }};\n\n"
        f"export interface {n}Page {{\n  items: I{n}[];\n  total: number;\n}}\n\n"
        f"export const {n.upper()}_STATES = [{n}State.Draft, {n}State.Active, {n}State.Archived] as const;\n"
    )


def _event(name: str) -> str:
    n = pascal(name)
    return f"""\
import {{ {n}State }} from '../interfaces/{name}.interface';

export abstract class {n}Event {{
  abstract readonly kind: string;

  constructor(
    readonly id: string,
    readonly state: {n}State,
    readonly at: Date = new Date(),
  ) {{}}

  get key(): string {{
    return `${{this.kind}}:${{this.id}}`;
  }}
}}

export class {n}CreatedEvent extends {n}Event {{
  readonly kind = '{name}.created';
}}

export class {n}RemovedEvent extends {n}Event {{
  readonly kind = '{name}.removed';
}}
"""


_EXTRA = tuple(
    "archive restore publish approve reject assign copy merge lock rename split move share submit".split()
)


def _controller(name: str, size: int, rng: random.Random) -> str:
    n, c = pascal(name), camel(name)
    verbs = ["Body", "Controller", "Delete", "Get", "Param", "ParseUUIDPipe", "Patch", "Post", "Query"]
    guard = rng.random()
    mark = "@Auth()\n" if guard < 0.6 else "@UseGuards(JwtAuthGuard)\n" if guard < 0.95 else ""
    used = ["CurrentUser", "Public"] + (["Auth"] if guard < 0.6 else ["JwtAuthGuard"] if mark else [])
    if "UseGuards" in mark:
        verbs.append("UseGuards")
    out = [
        f"import {{ {', '.join(sorted(verbs))} }} from '@nestjs/common';\n"
        "import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';\n"
        f"import {{ {', '.join(sorted(used))} }} from '@app/common';\n"
        f"import {{ Create{n}Dto }} from './dto/create-{name}.dto';\n"
        f"import {{ Find{n}Dto }} from './dto/find-{name}.dto';\n"
        f"import {{ Update{n}Dto }} from './dto/update-{name}.dto';\n"
        f"import {{ {n} }} from './entities/{name}.entity';\n"
        f"import {{ {n}Service }} from './{name}.service';\n\n"
        f"@ApiTags('{name}')\n{mark}@Controller('{name}s')\nexport class {n}Controller {{\n"
        f"  constructor(private readonly {c}Service: {n}Service) {{}}\n\n"
        f"  @Get()\n  @Public()\n  @ApiOperation({{ summary: 'List {name}s' }})\n"
        f"  @ApiOkResponse({{ type: {n}, isArray: true }})\n"
        f"  findAll(@Query() query: Find{n}Dto): Promise<{n}[]> {{\n    return this.{c}Service.findAll(query);\n  }}\n\n"
        f"  @Get(':id')\n  findOne(@Param('id', ParseUUIDPipe) id: string): Promise<{n}> {{\n"
        f"    return this.{c}Service.findOne(id);\n  }}\n\n"
        f"  @Post()\n  create(@Body() body: Create{n}Dto, @CurrentUser() user: {{ id: string }}): Promise<{n}> {{\n"
        f"    return this.{c}Service.create(body, user.id);\n  }}\n\n"
        f"  @Patch(':id')\n  update(@Param('id', ParseUUIDPipe) id: string, @Body() body: Update{n}Dto): Promise<{n}> {{\n"
        f"    return this.{c}Service.update(id, body);\n  }}\n\n"
        f"  @Delete(':id')\n  remove(@Param('id', ParseUUIDPipe) id: string): Promise<void> {{\n"
        f"    return this.{c}Service.remove(id);\n  }}\n\n"
    ]
    for word in _EXTRA[: 2 * size]:
        log = f"    console.log('{word}', id);\n" if rng.random() < 0.03 else ""
        out.append(
            f"  @Post(':id/{word}')\n  @ApiOperation({{ summary: '{word.capitalize()} one {name}' }})\n"
            f"  async {word}(\n    @Param('id', ParseUUIDPipe) id: string,\n    @Body() body: Update{n}Dto,\n"
            f"    @CurrentUser() user: {{ id: string }},\n  ): Promise<{n}> {{\n{log}"
            f"    return this.{c}Service.{word}(id, body, user.id);\n  }}\n\n"
        )
    return "".join(out).rstrip("\n") + "\n}\n"


def _service(
    name: str, fields: list[tuple[str, str, str]], size: int, other: str | None, rng: random.Random
) -> str:
    n, c = pascal(name), camel(name)
    extra = f"import {{ {pascal(other)}Service }} from '../{other}/{other}.service';\n" if other else ""
    takes = f"    private readonly {camel(other)}Service: {pascal(other)}Service,\n" if other else ""
    out = [
        "import { ConflictException, Injectable, Logger, NotFoundException } from '@nestjs/common';\n"
        "import { InjectRepository } from '@nestjs/typeorm';\nimport { Repository } from 'typeorm';\n"
        f"{extra}import {{ Create{n}Dto }} from './dto/create-{name}.dto';\n"
        f"import {{ Find{n}Dto }} from './dto/find-{name}.dto';\n"
        f"import {{ Update{n}Dto }} from './dto/update-{name}.dto';\n"
        f"import {{ {n} }} from './entities/{name}.entity';\n"
        f"import {{ {n}CreatedEvent }} from './events/{name}.event';\n"
        f"import {{ {n}State }} from './interfaces/{name}.interface';\n\n"
        f"@Injectable()\nexport class {n}Service {{\n"
        f"  private readonly logger = new Logger({n}Service.name);\n"
        f"  private readonly events: {n}CreatedEvent[] = [];\n\n  constructor(\n"
        f"    @InjectRepository({n}) private readonly {c}s: Repository<{n}>,\n{takes}  ) {{}}\n\n"
        f"  findAll(query: Find{n}Dto): Promise<{n}[]> {{\n    return this.{c}s.find({{\n"
        f"      take: query.size,\n      skip: (query.page - 1) * query.size,\n"
        f"      order: {{ createdAt: query.order === 'asc' ? 'ASC' : 'DESC' }},\n    }});\n  }}\n\n"
        f"  async findOne(id: string): Promise<{n}> {{\n    const found = await this.{c}s.findOneBy({{ id }});\n"
        f"    if (!found) {{\n      throw new NotFoundException(`no {name} ${{id}}`);\n    }}\n    return found;\n  }}\n\n"
        f"  async create(body: Create{n}Dto, userId: string): Promise<{n}> {{\n"
        f"    const made = await this.{c}s.save(this.{c}s.create({{ ...body }}));\n"
        f"    this.logger.log(`${{userId}} made {name} ${{made.id}}`);\n"
        f"    this.events.push(new {n}CreatedEvent(made.id, {n}State.Draft));\n    return made;\n  }}\n\n"
        f"  async update(id: string, body: Update{n}Dto): Promise<{n}> {{\n"
        f"    const found = await this.findOne(id);\n    return this.{c}s.save({{ ...found, ...body }});\n  }}\n\n"
        f"  async remove(id: string): Promise<void> {{\n    const found = await this.findOne(id);\n"
        f"    await this.{c}s.remove(found);\n  }}\n\n"
    ]
    field = fields[0][0]
    for word in _EXTRA[: 2 * size]:
        log = f"      console.error('{word} failed', error);\n" if rng.random() < 0.03 else ""
        out.append(
            f"  async {word}(id: string, body: Update{n}Dto, userId: string): Promise<{n}> {{\n"
            f"    const found = await this.findOne(id);\n"
            f"    const others = await this.{c}s.find({{ where: {{ {field}: found.{field} }}, take: 50 }});\n"
            f"    const same = others.filter((other) => other.id !== found.id && other.createdAt < found.createdAt);\n"
            f"    if (same.length > 0 && body.{field} === found.{field}) {{\n"
            f"      throw new ConflictException(`${{same.length}} other {name}s have this {field}`);\n    }}\n"
            f"    try {{\n      const merged = this.{c}s.merge(found, {{ ...body }});\n"
            f"      for (const [key, value] of Object.entries(body)) {{\n"
            f"        if (value === undefined || value === null) {{\n          continue;\n        }}\n"
            f"        this.logger.debug(`{word}: ${{key}} of ${{id}} by ${{userId}}`);\n      }}\n"
            f"      return await this.{c}s.save(merged);\n    }} catch (error) {{\n{log}"
            f"      this.logger.error(`{word} of ${{id}} failed`, (error as Error).stack);\n      throw error;\n    }}\n  }}\n\n"
        )
    return "".join(out).rstrip("\n") + "\n}\n"


def _spec(name: str, size: int) -> str:
    n = pascal(name)
    tests = "".join(
        f"  it('{word}s one', async () => {{\n    repository.findOneBy.mockResolvedValue({{ id: '1', title: '{word}' }});\n"
        f"    const found = await service.findOne('1');\n    expect(found).toEqual({{ id: '1', title: '{word}' }});\n"
        f"    expect(repository.findOneBy).toHaveBeenCalledWith({{ id: '1' }});\n  }});\n\n"
        for word in ("find", "update", *_EXTRA[: 3 * size])
    )
    return (
        "import { Test, TestingModule } from '@nestjs/testing';\nimport { getRepositoryToken } from '@nestjs/typeorm';\n"
        f"import {{ {n} }} from './entities/{name}.entity';\nimport {{ {n}Service }} from './{name}.service';\n\n"
        f"describe('{n}Service', () => {{\n  let service: {n}Service;\n"
        "  const repository = { find: jest.fn(), findOneBy: jest.fn(), save: jest.fn(), create: jest.fn() };\n\n"
        "  beforeEach(async () => {\n    const module: TestingModule = await Test.createTestingModule({\n"
        f"      providers: [{n}Service, {{ provide: getRepositoryToken({n}), useValue: repository }}],\n"
        f"    }}).compile();\n    service = module.get({n}Service);\n  }});\n\n{tests}".rstrip("\n")
        + "\n});\n"
    )
