"""What a rule says depends on what the project's version of Nest does."""

import json

HANDLER = """import { Logger } from '@nestjs/common';
import { EventsHandler } from '@nestjs/cqrs';

export class TokenCreated {
  constructor(readonly accessToken: string) {}
}

@EventsHandler(TokenCreated)
export class TokenCreatedHandler {
  handle(event: TokenCreated) {
    Logger.log(event, 'é😀');
    Logger.log({ event });
    console.log(event);
  }
}
"""


def _lines(project, nestwise, nest):
    manifest = json.dumps({"name": "shop", "dependencies": {"@nestjs/common": nest}})
    root = project({"src/tokens.handler.ts": HANDLER}, manifest)
    only = ("--only", "logging/sensitive-data", "--format", "json")
    found = json.loads(nestwise("check", *only, root).stdout)["findings"]
    return [f["range"]["start"]["line"] for f in found]


def test_an_event_is_written_out_by_the_logger_of_nest_11(project, nestwise):
    assert _lines(project, nestwise, "^11.0.0") == [11, 12, 13]


def test_before_11_the_logger_writes_the_name_of_its_type_only(project, nestwise):
    assert _lines(project, nestwise, "^10.4.0") == [12, 13]
