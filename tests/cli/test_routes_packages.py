"""Handlers and applications that packages of others bring: told as far as they can be told."""

from __future__ import annotations

import json

import pytest

HEAD = """\
import { Body, Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { RabbitPayload, RabbitRPC, RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { TsRest, TsRestHandler } from '@ts-rest/nest';
import { CommandFactory } from 'nest-commander';
import { IsString } from 'class-validator';
import { contract } from './contract';
class Guard { canActivate(context) { if (!context.user) throw new UnauthorizedException(); return true; } }
class Note { @IsString() text: string; }
"""
MAIN = """
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.useGlobalPipes(new ValidationPipe());
  await app.listen(3000);
}
void bootstrap();
"""


@pytest.fixture
def rows(project, nestwise):
    def of(code: str, main: str = MAIN, command: str = "routes") -> list[dict]:
        text = f"import {{ ValidationPipe }} from '@nestjs/common';\n{HEAD}{code}{main}"
        done = nestwise(command, "--format", "json", project({"src/main.ts": text}))
        assert (done.returncode, done.stderr) == (0, "")
        found = json.loads(done.stdout)
        return found["applications"] if command == "graph" else found

    return of


def told(row: dict) -> tuple[object, ...]:
    return row["kind"], row["method"], row["path"], row["handler"], row["access"]


def test_messages_of_a_broker(rows):
    """What is global runs before them, and pipes on what a decorator takes."""
    code = """
    @Injectable() class Notes {
      @RabbitSubscribe({ exchange: 'notes', routingKey: ['note.made', 'note.sent'], queue: 'q' })
      made(note: Note) {}
      @RabbitRPC({ exchange: 'notes', queue: 'ask' }) ask(@RabbitPayload() note: Note) {}
      @RabbitRPC(options()) other() {}
    }
    @Module({ providers: [Notes, { provide: APP_GUARD, useClass: Guard }] }) class AppModule {}
    """
    found = rows(code)
    assert [told(row) for row in found] == [
        ("event", "RABBITSUBSCRIBE", "note.made", "Notes.made", "guarded"),
        ("event", "RABBITSUBSCRIBE", "note.sent", "Notes.made", "guarded"),
        ("message", "RABBITRPC", "ask", "Notes.ask", "guarded"),
        ("message", "RABBITRPC", "?", "Notes.other", "guarded"),
    ]
    assert [[(i["source"], i["validated"]) for i in row["inputs"]] for row in found] == [
        [], [], [("payload", "yes")], [],
    ]  # fmt: skip


def test_routes_of_a_contract(rows):
    """A contract says their methods and paths; what else they bind cannot be told."""
    code = """
    @Controller('notes') class Notes {
      @TsRestHandler(contract) all() { return tsRestHandler(contract, {}); }
      @UseGuards(Guard) @TsRest(contract.one) one() {}
      @Get() list() {}
    }
    @Module({ controllers: [Notes] }) class AppModule {}
    """
    assert [told(row) for row in rows(code)] == [
        ("http", "?", "/notes/?", "Notes.all", "unknown"),
        ("http", "?", "/notes/?", "Notes.one", "guarded"),
        ("http", "GET", "/notes", "Notes.list", "open"),
    ]


@pytest.mark.parametrize("method", ["run", "runWithoutClosing", "createWithoutRunning"])
def test_a_command_line_is_an_application_without_http(rows, method):
    code = """
    @Injectable() class Tool { constructor(private readonly missing: Note) {} }
    @Module({ providers: [Tool] }) class CliModule {}
    """
    main = f"async function bootstrap() {{ await CommandFactory.{method}(CliModule); }}\nvoid bootstrap();\n"
    [app] = rows(code, main, "graph")
    assert (app["kind"], [m["name"] for m in app["modules"]]) == ("context", ["CliModule"])
    assert len(app["refusals"]) == 1


def test_classes_in_a_namespace_are_unknown(rows):
    code = """
    namespace Inner {
      @Controller('inner') export class Notes { @Get() all() {} }
      export class Gate { canActivate() { return true; } }
    }
    @UseGuards(Inner.Gate) @Controller('outer') class Outer { @Get() all() {} }
    @Controller('below') class Below extends Inner.Notes { @Get('own') own() {} }
    @Module({ controllers: [Inner.Notes, Outer, Below] }) class AppModule {}
    """
    found = rows(code)
    assert [told(row) for row in found] == [
        ("http", "GET", "/outer", "Outer.all", "unknown"),
        ("http", "GET", "/below/own", "Below.own", "unknown"),
    ]
    assert "the modules of an application cannot all be told: cats" in found[0]["unknown"]
    assert "a base class cannot be read: Inner.Notes" in found[1]["unknown"]
