"""Where dependencies come from in what no oracle starts: conditions, unread packages, half-typed code."""

from __future__ import annotations

from typing import Any

from nestwise.project.model.applications import applications
from nestwise.project.model.container import container_of
from nestwise.project.model.injection import dependencies_of, made_in, makings_of
from nestwise.project.model.module_records import Imported
from nestwise.project.model.refusals import refusals_at, refusals_of
from nestwise.project.model.symbols import Ref

HEAD = """\
import { DynamicModule, Inject, Injectable, Module, Optional } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
"""
FILE = "src/app.ts"


def states(project_of: Any, code: str, name: str = "Service") -> list[str]:
    """What is known of each dependency of a class, with what is in doubt; then what is refused."""
    project = project_of({FILE: HEAD + code})
    root = Imported(Ref(FILE, "AppModule"))
    found = []
    for node in container_of(project, root).nodes:
        for made in made_in(project, node.place):
            if made.name == name:
                found += [d.found for d in dependencies_of(project, root, node.place, made)]
    refused = [r.kind for r in refusals_of(project, root, FILE)]
    return [f"{f.state}: {f.why}" if f.why else f.state for f in found] + refused


def test_what_each_outcome_of_a_condition_provides_is_resolved(project_of):
    code = """
    @Injectable() class Users {}
    @Injectable() class Mails {}
    @Module({ providers: [{ provide: Users, useValue: 1 }, Mails], exports: [Users, Mails] })
    class SqlModule {}
    @Module({ providers: [{ provide: Users, useValue: 2 }], exports: [Users] }) class MongoModule {}
    const database = process.env.SQL ? SqlModule : MongoModule;
    @Injectable() class Service { constructor(users: Users, mails: Mails) {} }
    @Module({ imports: [database], providers: [Service] }) export class AppModule {}
    """
    assert states(project_of, code) == [
        "resolved: one of several modules, of which a condition takes one",
        "unknown: a provider under a condition",
    ]


def test_a_package_without_sources_provides_what_is_its_own(project_of):
    code = """
    import { Client, ClientModule, InjectClient } from 'some-client';
    import { Other } from 'other';
    @Injectable() class Own {}
    @Injectable() class Service {
      constructor(client: Client, @InjectClient() again: any, other: Other, @Inject('x') x: any, own: Own) {}
    }
    @Module({ imports: [ClientModule.forRoot({})], providers: [Service] }) export class AppModule {}
    """
    assert states(project_of, code) == [
        "resolved",
        "resolved",
        "unknown: the providers of ClientModule",
        "unknown: the providers of ClientModule",
        "missing",
        "dependency",
    ]


def test_a_module_of_a_known_package_provides_what_it_does_and_nothing_else(project_of):
    code = """
    import { JwtModule, JwtService } from '@nestjs/jwt';
    import { HttpService } from '@nestjs/axios';
    @Injectable() class Service { constructor(jwt: JwtService, http: HttpService) {} }
    @Module({ imports: [JwtModule.register({})], providers: [Service] }) export class AppModule {}
    """
    assert states(project_of, code) == ["resolved", "missing", "dependency"]


def test_what_is_optional_may_be_missing(project_of):
    code = """
    @Injectable() class Service { constructor(@Optional() @Inject('x') x?: unknown) {} }
    @Module({ providers: [Service] }) export class AppModule {}
    """
    assert states(project_of, code) == ["missing"]


def test_half_typed_code_proves_nothing(project_of):
    code = """
    @Injectable() class Service { constructor(@Injct('x') a: Sevice, @Inject(T) b: string, c: Unheard) {} }
    @Module({ providers: [Service, ...others], imports: [make()] }) export class AppModule {}
    """
    assert [s.partition(":")[0] for s in states(project_of, code)] == ["unknown"] * 3


def test_a_list_that_code_builds_hides_what_may_be_in_it(project_of):
    code = """
    import { providers } from './elsewhere';
    @Injectable() class Users {}
    @Injectable() class Service { constructor(users: Users) {} }
    @Module({ providers: [Service, ...providers] }) export class AppModule {}
    """
    assert states(project_of, code) == ["unknown: the providers of AppModule"]


def test_modules_that_are_loaded_later_are_none_of_the_application(project_of):
    code = """
    @Injectable() class Users { constructor(@Inject('nobody') nobody: unknown) {} }
    @Module({ providers: [Users], exports: [Users] }) class UsersModule {}
    @Injectable() class Service {
      constructor(private loader: LazyModuleLoader) {}
      load() { return this.loader.load(() => UsersModule); }
    }
    @Module({ providers: [Service] }) export class AppModule {}
    """
    assert states(project_of, code) == ["resolved"]
    assert states(project_of, code, "Users") == []


def test_a_class_knows_where_it_is_made_and_what_is_wrong_with_it(project_of):
    code = """
    import { NestFactory } from '@nestjs/core';
    @Injectable() export class Users { constructor(@Inject('nobody') nobody: unknown) {} }
    @Injectable() export class Nowhere {}
    @Module({ providers: [Users], exports: ['x'] }) export class AModule {}
    @Module({ providers: [{ provide: 'users', useClass: Users }] }) export class BModule {}
    @Module({ imports: [AModule, BModule] }) export class AppModule {}
    void NestFactory.createApplicationContext(AppModule);
    void NestFactory.createApplicationContext(BModule);
    """
    project = project_of({FILE: HEAD + code})
    users = makings_of(project, Ref(FILE, "Users"))
    assert [(m.application, m.place.name, m.made.name) for m in users] == [
        (0, "AModule", "Users"),
        (0, "BModule", "Users"),
        (1, "BModule", "Users"),
    ]
    assert makings_of(project, Ref(FILE, "Nowhere")) == ()
    refused = refusals_at(project, Ref(FILE, "Users"))
    assert [(r.kind, r.place.name) for r in refused] == [("dependency", "AModule"), ("dependency", "BModule")]
    assert [r.kind for r in refusals_at(project, Ref(FILE, "AModule"))] == ["export"]


def test_a_root_that_several_dynamic_imports_bring_is_known(project_of):
    main = """
    import { NestFactory } from '@nestjs/core';
    async function start() {
      const [{ AppModule }, { other }] = await Promise.all([import('./app'), import('./other')]);
      const app = await NestFactory.createApplicationContext(AppModule);
    }
    """
    code = "@Injectable() class Service {}\n@Module({ providers: [Service] }) export class AppModule {}"
    files = {"src/main.ts": main, FILE: HEAD + code, "src/other.ts": "export const other = 1;"}
    project = project_of(files)
    [app] = applications(project)
    assert app.root == Ref(FILE, "AppModule")


def test_a_constant_that_cannot_be_read_may_be_any_text_but_no_class(project_of):
    code = """
    const TOKEN = compute('x');
    @Injectable() class Users {}
    @Injectable() class Service { constructor(@Inject('x') x: any, users: Users, @Inject(TOKEN) own: any) {} }
    @Module({ providers: [Service, { provide: TOKEN, useValue: 1 }] }) export class AppModule {}
    """
    assert states(project_of, code) == [
        "unknown: a token of AppModule that cannot be read",
        "missing",
        "resolved",
        "dependency",
    ]


def test_what_a_module_keeps_to_itself_hides_nothing(project_of):
    code = """
    import { makeMetric } from 'metrics';
    @Injectable() class Users {}
    @Module({ providers: [makeMetric({ name: 'é 😀' })], exports: [] }) class MetricsModule {}
    @Injectable() class Service { constructor(users: Users) {} }
    @Module({ imports: [MetricsModule], providers: [Service] }) export class AppModule {}
    """
    assert states(project_of, code) == ["missing", "dependency"]
