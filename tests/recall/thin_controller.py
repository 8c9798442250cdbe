from __future__ import annotations

from collections.abc import Iterator

from nestwise.api import Class, Edit, File, Method, Project, Ref, Span, handlers_in, role_of_class

from tests.recall.mutation import Mutant, breaks, first_in, importing, method_of


def _controllers(file: File, project: Project) -> Iterator[Class]:
    for cls in file.facts.classes:
        if role_of_class(project, Ref(file.path, cls.name)) == "controller":
            yield cls


@breaks("thin-controller/no-data-access")
def orm_injected_into_a_controller(file: File, project: Project) -> Iterator[Mutant]:
    for cls in _controllers(file, project):
        if cls.ctor:
            edit, name = importing(file, "DataSource", "typeorm")
            at = cls.ctor[0].at.start
            added = Edit(Span(at, at), f"private readonly mutated: {name}, ")
            yield Mutant((edit, added), added.span)


def _plain(file: File, project: Project) -> Iterator[Method]:
    """Handlers of controllers that return a value."""
    for handler in handlers_in(project, file.path):
        method = method_of(project, file, handler)
        if method is None or handler.kind != "http":
            continue
        body = file.data[method.body_at.start : method.body_at.end]
        if b"return " in body and b"res." not in body and b"Res(" not in file.data:
            yield method


@breaks("thin-controller/no-business-logic")
def decisions_in_a_handler(file: File, project: Project) -> Iterator[Mutant]:
    steps = " ".join(
        f"if (Date.now() % {n} === 0) {{ mutated += {n}; }} else {{ mutated -= 1; }}" for n in range(2, 15)
    )
    for method in _plain(file, project):
        yield Mutant((first_in(method, f"let mutated = 0; {steps}"),), method.name_at.span)


@breaks("thin-controller/no-manual-response")
def response_injected_beside_a_returned_value(file: File, project: Project) -> Iterator[Mutant]:
    for method in _plain(file, project):
        if file.data[method.name_at.end : method.name_at.end + 1] == b"(":
            edit, name = importing(file, "Res", "@nestjs/common")
            at = method.name_at.end + 1
            added = Edit(Span(at, at), f"@{name}() mutated: any{', ' if method.params else ''}")
            yield Mutant((edit, added), added.span)


@breaks("thin-controller/no-request-object")
def body_read_out_of_the_request(file: File, project: Project) -> Iterator[Mutant]:
    for method in _plain(file, project):
        if file.data[method.name_at.end : method.name_at.end + 1] == b"(":
            edit, name = importing(file, "Req", "@nestjs/common")
            at = method.name_at.end + 1
            added = Edit(Span(at, at), f"@{name}() mutated: any{', ' if method.params else ''}")
            reading = first_in(method, "this['mutate' as never](mutated.body);")
            yield Mutant((edit, added, reading), added.span)


@breaks("thin-controller/no-controller-injection")
def controller_injected(file: File, project: Project) -> Iterator[Mutant]:
    for cls in _controllers(file, project):
        if cls.ctor and cls.name:
            at = cls.ctor[0].at.start
            added = Edit(Span(at, at), f"private readonly mutated: {cls.name}, ")
            yield Mutant((added,), added.span)


@breaks("thin-controller/no-transaction")
def transaction_in_a_handler(file: File, project: Project) -> Iterator[Mutant]:
    for method in _plain(file, project):
        cls = file.facts.class_at(method.name_at.start)
        if cls is not None and cls.ctor:
            edit, name = importing(file, "DataSource", "typeorm")
            at = cls.ctor[0].at.start
            added = Edit(Span(at, at), f"private readonly mutated: {name}, ")
            begun = first_in(method, "void this.mutated.transaction(async () => undefined);")
            yield Mutant((edit, added, begun), method.name_at.span)


@breaks("thin-controller/no-http-client")
def fetch_in_a_handler(file: File, project: Project) -> Iterator[Mutant]:
    """Once in a class: the first call of a client is reported."""
    told: set[str] = set()
    for method in _plain(file, project):
        cls = file.facts.class_at(method.name_at.start)
        if cls is not None and cls.name not in told:
            told.add(cls.name)
            edit = first_in(method, "void fetch('https://mutated.example');")
            yield Mutant((edit,), edit.span)


@breaks("thin-controller/no-error-translation")
def error_translated_in_a_handler(file: File, project: Project) -> Iterator[Mutant]:
    for method in _plain(file, project):
        edit, name = importing(file, "BadGatewayException", "@nestjs/common")
        tried = f"try {{ this['mutate' as never]; }} catch (mutated) {{ throw new {name}(); }}"
        added = first_in(method, tried)
        yield Mutant((edit, added), added.span)


@breaks("thin-controller/no-http-in-service")
def response_handed_to_a_service(file: File, project: Project) -> Iterator[Mutant]:
    for cls in file.facts.classes:
        role = role_of_class(project, Ref(file.path, cls.name))
        if role != "injectable" or not cls.name.endswith("Service") or cls.extends or cls.implements:
            continue
        for method in cls.methods:
            bracket = file.data[method.name_at.end : method.name_at.end + 1]
            if bracket == b"(" and not method.static and not method.access and not method.kind:
                edit, name = importing(file, "Response", "express")
                at = method.name_at.end + 1
                added = Edit(Span(at, at), f"mutated: {name}{', ' if method.params else ''}")
                yield Mutant((edit, added), added.span)


@breaks("thin-controller/no-entity-response")
def entity_with_a_password_returned(file: File, project: Project) -> Iterator[Mutant]:
    """A handler and an entity are added."""
    for cls in _controllers(file, project):
        imports = (
            "import { Get as MutatedGet } from '@nestjs/common';\n"
            "import { Column as MutatedColumn, Entity as MutatedEntity } from 'typeorm';\n"
        )
        entity = "@MutatedEntity()\nclass Mutated {\n  @MutatedColumn()\n  password: string;\n}\n"
        at = cls.body_at.start
        handler = (
            "\n  @MutatedGet('mutated')\n  mutated(): Promise<Mutated> {\n    return null as never;\n  }\n"
        )
        added = Edit(Span(at, at), handler)
        yield Mutant((file.insert(0, imports + entity), added), added.span)
