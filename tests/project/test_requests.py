"""What is asked again about requests when a file changes: only what can have another answer."""

from __future__ import annotations

import pytest
from nestwise.project.model.gaps import gaps_of
from nestwise.project.model.symbols import Ref

CATS = """\
import { IsString } from 'class-validator';
export class CatDto { @IsString() name: string; age: number; }
"""
FILES = {
    "src/cat.dto.ts": CATS,
    "src/dog.dto.ts": CATS.replace("Cat", "Dog"),
    "src/controller.ts": """\
import { Body, Controller, Post, UsePipes, ValidationPipe } from '@nestjs/common';
import { CatDto } from './cat.dto';
import { DogDto } from './dog.dto';
import { Service } from './service';
@Controller() @UsePipes(new ValidationPipe())
export class Pets {
  constructor(private readonly service: Service) {}
  @Post('cats') cat(@Body() cat: CatDto) { return this.service.keep(cat); }
  @Post('dogs') dog(@Body() dog: DogDto) { return this.service.keep(dog); }
}
""",
    "src/service.ts": "export class Service { keep(pet: object) { return pet; } }",
} | {
    f"src/other{i}.controller.ts": (
        "import { Body, Controller, Post, UsePipes, ValidationPipe } from '@nestjs/common';\n"
        "import { IsString } from 'class-validator';\n"
        f"export class Other{i}Dto {{ @IsString() name: string; }}\n"
        "@Controller() @UsePipes(new ValidationPipe())\n"
        f"export class Other{i} {{ @Post() make(@Body() dto: Other{i}Dto) {{}} }}\n"
    )
    for i in range(30)
}
CAT, DOG = Ref("src/cat.dto.ts", "CatDto"), Ref("src/dog.dto.ts", "DogDto")


@pytest.fixture
def changed(project_of, facts_of):
    """The gaps of both classes, and how many answers were computed for them, after a file changed."""

    def of(path: str, code: str) -> tuple[list[str], list[str], int]:
        project = project_of(FILES)
        assert [[g.prop for g in gaps_of(project, ref)] for ref in (CAT, DOG)] == [["age"], ["age"]]
        before = project.computed
        project = project.with_files({path: facts_of(path, code)})
        cat, dog = ([g.prop for g in gaps_of(project, ref)] for ref in (CAT, DOG))
        return cat, dog, project.computed - before

    return of


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("src/service.ts", "export class Service { keep(pet: object) { console.log(pet); return pet; } }"),
        ("src/cat.dto.ts", f"// a comment\n{CATS}"),
        (
            "src/controller.ts",
            FILES["src/controller.ts"].replace("return this.service", "return  this.service"),
        ),
    ],
    ids=["a body of a service", "a comment in the class", "a body of a handler"],
)
def test_typing_that_means_nothing_computes_nothing(changed, path, code):
    assert changed(path, code) == (["age"], ["age"], 0)


def test_a_validator_more_computes_what_depends_on_its_class(changed):
    cat, dog, computed = changed("src/cat.dto.ts", CATS.replace("age", "@IsString() age"))
    assert (cat, dog) == ([], ["age"])
    assert computed < 15


def test_a_property_more_is_found(changed):
    cat, dog, _ = changed("src/cat.dto.ts", CATS.replace("age", "born: Date; age"))
    assert (cat, dog) == (["born", "age"], ["age"])


def test_a_pipe_less_is_seen_by_both(changed):
    code = FILES["src/controller.ts"].replace("@UsePipes(new ValidationPipe())", "")
    cat, dog, _ = changed("src/controller.ts", code)
    assert (cat, dog) == ([], [])
