"""What a fix may do without being looked at."""

import json

SERVICE = """import { Injectable, Logger } from '@nestjs/common';

@Injectable()
export class CatsService {
  private readonly logger = new Logger(CatsService.name);

  feed(food: object) {
    console.log('é😀');
    console.log('fed', food);
  }
}
"""


def _fixed(project, nestwise, nest, *options):
    manifest = json.dumps({"name": "shop", "dependencies": {"@nestjs/common": nest}})
    root = project({"src/cats.service.ts": SERVICE}, manifest)
    assert nestwise("fix", *options, root).returncode == 0
    text = (root / "src/cats.service.ts").read_text("utf-8")
    return "this.logger.log('é😀')" in text, "this.logger.log('fed', food)" in text


def test_a_current_logger_shows_objects_as_the_console_does(project, nestwise):
    assert _fixed(project, nestwise, "^11.0.0") == (True, True)


def test_an_unknown_version_counts_as_current(project, nestwise):
    assert _fixed(project, nestwise, "catalog:") == (True, True)


def test_before_11_objects_lose_something_and_the_fix_is_for_review(project, nestwise):
    assert _fixed(project, nestwise, "^9.0.0 || ^10.0.0") == (True, False)
    assert _fixed(project, nestwise, "^9.0.0 || ^10.0.0", "--unsafe") == (True, True)


def test_before_8_a_second_argument_is_the_context(project, nestwise):
    assert _fixed(project, nestwise, "7.6.18", "--unsafe") == (True, False)


CONTROLLER = """import { Body, Controller, Post } from '@nestjs/common';
import { IsString } from 'class-validator';

export class CreateCatDto {
  @IsString()
  name: string;

  owner: string;
  note?: string;
}

@Controller('cats')
export class CatsController {
  @Post()
  create(@Body() dto: CreateCatDto) {}
}
"""
MAIN = """import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CatsModule } from './cats.module';

async function bootstrap() {
  const app = await NestFactory.create(CatsModule);
  app.useGlobalPipes(new ValidationPipe());
  await app.listen(3000);
}
void bootstrap();
"""
MODULE = """import { Module } from '@nestjs/common';
import { CatsController } from './cats.controller';

@Module({ controllers: [CatsController] })
export class CatsModule {}
"""


def test_a_validator_that_may_refuse_requests_that_passed_is_for_review(project, nestwise):
    controller = CONTROLLER.replace("  note?", "  @IsString()\n  note?")
    root = project({"src/main.ts": MAIN, "src/cats.module.ts": MODULE, "src/cats.controller.ts": controller})
    assert nestwise("fix", root).stdout == "0 files changed\n"
    nestwise("fix", "--unsafe", root)
    assert "  @IsString()\n  owner: string;" in (root / "src/cats.controller.ts").read_text("utf-8")


def test_a_validator_of_an_optional_property_is_added(project, nestwise):
    controller = CONTROLLER.replace("  owner", "  @IsString()\n  owner").replace(
        "  note?", "  @ApiProperty()\n  note?"
    )
    controller = "import { ApiProperty } from '@nestjs/swagger';\n" + controller
    root = project({"src/main.ts": MAIN, "src/cats.module.ts": MODULE, "src/cats.controller.ts": controller})
    nestwise("fix", root)
    text = (root / "src/cats.controller.ts").read_text("utf-8")
    assert "  @IsOptional()\n  @IsString()\n  note?: string;" in text


def test_what_a_fix_of_a_later_file_gives_an_earlier_one_to_fix_is_fixed_too(project, nestwise):
    inner = """export class AddressDto {
  @ApiProperty()
  street?: string;

  @IsString()
  city: string;
}
"""
    outer = """import { Body, Controller, Post } from '@nestjs/common';
import { IsOptional, ValidateNested } from 'class-validator';
import { AddressDto } from './address.dto';

export class CreateCatDto {
  @IsOptional()
  @ValidateNested()
  home: AddressDto;
}

@Controller('cats')
export class CatsController {
  @Post()
  create(@Body() dto: CreateCatDto) {}
}
"""
    head = "import { ApiProperty } from '@nestjs/swagger';\nimport { IsString } from 'class-validator';\n\n"
    files = {"src/address.dto.ts": head + inner, "src/cats.controller.ts": outer}
    root = project({"src/main.ts": MAIN, "src/cats.module.ts": MODULE, **files})
    # With everything checked, the pipe may be told to keep nothing else.
    fixed = ["src/cats.controller.ts", "src/address.dto.ts", "src/main.ts"]
    assert nestwise("fix", root).stdout == "".join(f"fixed {f}\n" for f in fixed) + "3 files changed\n"
    assert "  @Type(() => AddressDto)\n" in (root / "src/cats.controller.ts").read_text("utf-8")
    assert "  @IsOptional()\n  @IsString()\n  street?" in (root / "src/address.dto.ts").read_text("utf-8")
    assert nestwise("fix", root).stdout == "0 files changed\n"


def test_a_nested_class_with_unchecked_properties_is_for_review(project, nestwise):
    inner = """import { IsString } from 'class-validator';

export class FileDto {
  @IsString()
  id: string;

  path: string;
}
"""
    outer = """import { Body, Controller, Post } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { FileDto } from './file.dto';

export class CreateCatDto {
  @IsOptional()
  photo: FileDto;
}

@Controller('cats')
export class CatsController {
  @Post()
  create(@Body() dto: CreateCatDto) {}
}
"""
    main = MAIN.replace("ValidationPipe()", "ValidationPipe({ whitelist: true })")
    files = {"src/main.ts": main, "src/cats.module.ts": MODULE, "src/cats.controller.ts": outer}
    root = project({**files, "src/file.dto.ts": inner})
    assert nestwise("fix", root).stdout == "0 files changed\n"
    assert "fixed src/cats.controller.ts" in nestwise("fix", "--unsafe", root).stdout
    (root / "src/file.dto.ts").write_text(inner.replace("  path", "  @IsString()\n  path"), "utf-8")
    (root / "src/cats.controller.ts").write_text(outer, "utf-8")
    assert "fixed src/cats.controller.ts" in nestwise("fix", root).stdout


def test_what_is_documented_as_optional_may_be_left_out(project, nestwise):
    controller = CONTROLLER.replace("  owner", "  @ApiProperty({ required: false })\n  owner")
    controller = controller.replace("  note?", "  @ApiPropertyOptional()\n  note")
    controller = "import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';\n" + controller
    root = project({"src/main.ts": MAIN, "src/cats.module.ts": MODULE, "src/cats.controller.ts": controller})
    nestwise("fix", root)
    text = (root / "src/cats.controller.ts").read_text("utf-8")
    assert text.count("  @IsOptional()\n  @IsString()\n") == 2
