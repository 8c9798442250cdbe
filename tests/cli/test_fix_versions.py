"""What a fix may do without being looked at depends on the version of Nest."""

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
