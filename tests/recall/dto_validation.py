from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nestwise.api import (
    Application,
    Decorator,
    Edit,
    Ext,
    File,
    Method,
    Project,
    Property,
    Ref,
    Span,
    TArray,
    TName,
    application_at,
    child,
    handed_whole,
    handlers_in,
    handlers_of,
    inputs_at,
    inputs_of,
    resolve,
    shape_of,
    span_of,
    uses_of,
    walk,
)
from nestwise.project.model.classes import lineage
from nestwise.project.model.validation import has_checks, placed_controllers

from tests.recall.mutation import Mutant, breaks, decorators_named, importing, method_of, without


def _from(file: File, project: Project, decorators: Iterable[Decorator], module: str) -> list[Decorator]:
    """The decorators that this package exports."""
    found = []
    for decorator in decorators:
        symbol = resolve(project, file.path, decorator.name)
        if isinstance(symbol, Ext) and symbol.package == module:
            found.append(decorator)
    return found


def _validated(file: File, project: Project) -> Iterator[tuple[Property, list[Decorator]]]:
    """Properties of classes that requests fill and class-validator checks, with their validators."""
    for cls in file.facts.classes:
        uses = uses_of(project, Ref(file.path, cls.name))
        if not any(use.seen and use.effect.kind == "class-validator" for use in uses):
            continue
        for prop in cls.properties:
            found = _from(file, project, prop.decorators, "class-validator")
            if found and not prop.static:
                yield prop, found


@breaks("dto-validation/unvalidated-property")
def validators_removed(file: File, project: Project) -> Iterator[Mutant]:
    checked = list(_validated(file, project))
    for prop, found in checked:
        if not prop.optional and len(found) == len(prop.decorators):
            cls = next(c for c in file.facts.classes if prop in c.properties)
            alone = sum(other in cls.properties for other, _ in checked) == 1
            at = cls.name_at if alone else prop.name_at  # a class where nothing is checked is one finding
            yield Mutant(tuple(without(file, d.at) for d in found), at.span)


@breaks("dto-validation/nested-not-validated")
def type_of_nested_property_removed(file: File, project: Project) -> Iterator[Mutant]:
    """Not of a single one whose class an implicit conversion knows; `@Transform` may make the instance."""
    for prop, found in _validated(file, project):
        if any(decorators_named(found, "ValidateNested")) and not _transforms(prop):
            for decorator in decorators_named(prop.decorators, "Type"):
                if isinstance(prop.type, TArray) or not _converts(file, project, prop):
                    yield Mutant((without(file, decorator.at),), prop.name_at.span)


@breaks("dto-validation/nested-not-validated")
def validation_of_nested_property_removed(file: File, project: Project) -> Iterator[Mutant]:
    """Where another validator stays: a property without any is another rule's matter."""
    for prop, found in _validated(file, project):
        if any(decorators_named(prop.decorators, "Type")) and len(found) > 1 and not _transforms(prop):
            for decorator in decorators_named(found, "ValidateNested"):
                yield Mutant((without(file, decorator.at),), prop.name_at.span)


def _transforms(prop: Property) -> bool:
    return any(decorators_named(prop.decorators, "Transform"))


def _converts(file: File, project: Project, prop: Property) -> bool:
    cls = next(c for c in file.facts.classes if prop in c.properties)
    return any(use.effect.implicit is not False for use in uses_of(project, Ref(file.path, cls.name)))


_EACH = re.compile(rb"each:\s*true")
_TAKE_ARRAYS = ("ValidateNested", "IsNotEmpty", "IsDefined", "IsOptional", "ValidateIf", "Allow")


@breaks("dto-validation/each-missing")
def each_taken_away(file: File, project: Project) -> Iterator[Mutant]:
    for prop, found in _validated(file, project):
        for decorator in found if isinstance(prop.type, TArray) else ():
            each = _EACH.search(file.data, decorator.at.start, decorator.at.end)
            if each is not None and decorator.name not in _TAKE_ARRAYS:
                yield Mutant((Edit(Span(*each.span()), "each: false"),), prop.name_at.span)


@breaks("dto-validation/each-missing")
def each_given_to_validators_of_one_value(file: File, project: Project) -> Iterator[Mutant]:
    for prop, found in _validated(file, project):
        given = [d for d in found if d.name not in ("IsOptional", "ValidateIf")]
        if isinstance(prop.type, TName) and prop.type.name == "string" and len(given) == 1:
            [only] = given
            if only.name in ("IsString", "IsUUID", "IsEmail") and not only.args:
                where = Span(only.at.end - 1, only.at.end - 1)
                before = {"IsString": "", "IsUUID": "undefined, ", "IsEmail": "{}, "}[only.name]
                yield Mutant((Edit(where, f"{before}{{ each: true }}"),), prop.name_at.span)


@breaks("dto-validation/validator-mismatch")
def texts_validated_as_booleans(file: File, project: Project) -> Iterator[Mutant]:
    for prop, found in _validated(file, project):
        if isinstance(prop.type, TName) and prop.type.name == "string":
            for decorator in decorators_named(found, "IsString"):
                edit, local = importing(file, "IsBoolean", "class-validator")
                word = Span(decorator.at.start + 1, decorator.at.start + 1 + len("IsString"))
                yield Mutant((edit, Edit(word, local)), prop.name_at.span)


@breaks("dto-validation/validator-mismatch")
def conversion_of_dates_removed(file: File, project: Project) -> Iterator[Mutant]:
    for prop, found in _validated(file, project):
        if any(decorators_named(found, "IsDate")):
            for decorator in decorators_named(prop.decorators, "Type"):
                yield Mutant((without(file, decorator.at),), prop.name_at.span)


@breaks("dto-validation/query-not-converted")
def conversion_of_query_removed(file: File, project: Project) -> Iterator[Mutant]:
    queries = {
        c.name for c in file.facts.classes if any(u.text for u in uses_of(project, Ref(file.path, c.name)))
    }
    spans = [c.at.span for c in file.facts.classes if c.name in queries]
    for prop, _ in _validated(file, project):
        if any(span.start <= prop.name_at.start < span.end for span in spans):
            for decorator in decorators_named(prop.decorators, "Type"):
                if re.search(rb"=> (?:Number|Date)\b", file.data[decorator.at.start : decorator.at.end]):
                    yield Mutant((without(file, decorator.at),), prop.name_at.span)


@breaks("dto-validation/optional-mismatch")
def optional_removed(file: File, project: Project) -> Iterator[Mutant]:
    for prop, found in _validated(file, project):
        for decorator in decorators_named(found, "IsOptional") if prop.optional else ():
            if not any(d.name in ("ValidateNested", "ValidateIf") for d in found) and len(found) > 1:
                yield Mutant((without(file, decorator.at),), prop.name_at.span)


@breaks("dto-validation/unbounded-input")
def bound_removed(file: File, project: Project) -> Iterator[Mutant]:
    for prop, found in _validated(file, project):
        for decorator in decorators_named(found, "MaxLength", "ArrayMaxSize"):
            if any(decorators_named(found, "IsString", "IsArray")):
                yield Mutant((without(file, decorator.at),), prop.name_at.span)


_PARSING = re.compile(rb",\s*Parse(?:Int|Float|Bool)Pipe\b")


@breaks("dto-validation/param-not-parsed")
def parsing_pipe_removed(file: File, project: Project) -> Iterator[Mutant]:
    inputs = inputs_at(project, file.path)
    if any(effect.hands == "instance" for _, effect in inputs):
        return  # a global pipe with `transform` converts what is declared
    for given, effect in inputs:
        method = method_of(project, file, given.handler)
        if method is None or effect.kind == "unknown" or given.position >= len(method.params):
            continue
        param = method.params[given.position]
        for decorator in decorators_named(param.decorators, "Param", "Query"):
            found = _PARSING.search(file.data, decorator.at.start, decorator.at.end)
            if found is not None and isinstance(param.type, TName) and len(given.pipes) == 1:
                yield Mutant((Edit(Span(*found.span()), ""),), param.name_at.span)


@breaks("dto-validation/no-validation-pipe")
def global_pipe_removed(file: File, project: Project) -> Iterator[Mutant]:
    """Of an application with HTTP routes that take classes with validators."""
    if b"useGlobalPipes(" not in file.data or not any(
        _takes_checked(project, app) for app in application_at(project, file.path)
    ):
        return
    for node in walk(file.source.root):
        text = file.text_of(node)
        used = re.match(r"(\w+)\.useGlobalPipes\(", text) if node.type == "expression_statement" else None
        if used is None or "ValidationPipe" not in text:
            continue
        created = re.search(rb"\b%s\b[^;=]*=\s*await (NestFactory\.create)" % used[1].encode(), file.data)
        if created is not None:
            yield Mutant((Edit(span_of(node), ""),), Span(*created.span(1)))
            return


def _takes_checked(project: Project, app: Application) -> bool:
    return app.kind == "http" and any(
        given.source in ("body", "query", "param")
        and given.meant.ref
        and has_checks(project, given.meant.ref)
        for controller in app.controllers
        for handler in handlers_of(project, controller)
        if handler.kind == "http"
        for given in inputs_of(project, handler)
        for ref in (given.meant.ref,)
    )


@breaks("dto-validation/pipe-keeps-unknown")
def whitelist_turned_off(file: File, project: Project) -> Iterator[Mutant]:
    for node in walk(file.source.root) if b"ValidationPipe(" in file.data else ():
        text = file.text_of(node)
        if node.type == "new_expression" and text.startswith("new ValidationPipe("):
            at = file.data.find(b"whitelist: true", node.start_byte, node.end_byte)
            if at >= 0:
                yield Mutant(
                    (Edit(Span(at, at + len("whitelist: true")), "whitelist: false"),), span_of(node)
                )


@breaks("dto-validation/type-only-import")
def import_of_a_dto_made_type_only(file: File, project: Project) -> Iterator[Mutant]:
    seen: set[str] = set()
    for method, name in _bodies(file, project):
        for one in file.facts.imports:
            used = re.findall(rb"\b%s\b" % re.escape(name.encode()), file.data)
            if one.local == name and one.name == name and name not in seen and len(used) == 2:
                seen.add(name)
                edit = Edit(Span(one.at.start, one.at.start), "type ")
                if not one.type_only and method.decorators:
                    yield Mutant((edit,), one.at.span)


def _typed_otherwise(file: File, project: Project, write: str) -> Iterator[Mutant]:
    """Bodies whose class becomes another type, with the class in the place of `%`."""
    for method, name in _bodies(file, project):
        for param in method.params:
            if isinstance(param.type, TName) and param.type.name == name and not param.type.args:
                span = param.type.at.span
                if file.data[span.start : span.end] == name.encode():
                    yield Mutant((Edit(span, write.replace("%", name)),), param.at.span)


@breaks("dto-validation/untyped-input")
def type_of_a_body_made_any(file: File, project: Project) -> Iterator[Mutant]:
    yield from _typed_otherwise(file, project, "any")


@breaks("dto-validation/erased-type")
def type_of_a_body_made_partial(file: File, project: Project) -> Iterator[Mutant]:
    yield from _typed_otherwise(file, project, "Partial<%>")


@breaks("dto-validation/array-input")
def type_of_a_body_made_an_array(file: File, project: Project) -> Iterator[Mutant]:
    yield from _typed_otherwise(file, project, "%[]")


@breaks("dto-validation/conflicting-pipes")
def class_validator_put_before_a_schema(file: File, project: Project) -> Iterator[Mutant]:
    added, pipe = importing(file, "ValidationPipe", "@nestjs/common")
    for handler in handlers_in(project, file.path):
        method = method_of(project, file, handler)
        for given in inputs_of(project, handler) if method and handler.kind == "http" else ():
            ref = given.meant.ref
            if method is None or ref is None or shape_of(project, ref).kind != "schema":
                continue
            param = method.params[given.position]
            for decorator in decorators_named(param.decorators, "Body", "Query"):
                end = decorator.at.end
                if file.data[end - 2 : end] == b"()":
                    edit = Edit(Span(end - 1, end - 1), f"new {pipe}({{ whitelist: true }})")
                    yield Mutant((added, edit), param.at.span)


@breaks("dto-validation/mapped-type-package")
def mapped_type_imported_from_the_other_package(file: File, project: Project) -> Iterator[Mutant]:
    swagger = [i for i in file.facts.imports if i.module == "@nestjs/swagger"]
    if len(swagger) == 1 and swagger[0].name in ("PartialType", "PickType", "OmitType"):
        at = file.data.find(b"@nestjs/swagger", swagger[0].at.end)
        edit = Edit(Span(at, at + len("@nestjs/swagger")), "@nestjs/mapped-types")
        yield Mutant((edit,), swagger[0].at.span)


def _bodies(file: File, project: Project) -> Iterator[tuple[Method, str]]:
    """Handlers with the names of the classes of the workspace that their whole bodies are typed with."""
    for handler in handlers_in(project, file.path):
        method = method_of(project, file, handler)
        for given in inputs_of(project, handler) if method and handler.kind == "http" else ():
            if given.source == "body" and not given.key and isinstance(given.type, TName) and method:
                symbol = given.meant.symbol
                if isinstance(symbol, Ref) and uses_of(project, symbol):
                    yield method, given.type.name


@breaks("dto-validation/mass-assignment")
def body_without_a_type(file: File, project: Project) -> Iterator[Mutant]:
    """A body that is handed whole to a write loses its class, and with it what the pipe strips."""
    for given, _ in inputs_at(project, file.path):
        handler, kind = given.handler, given.type
        if given.source != "body" or given.pipes or not isinstance(kind, TName) or given.meant.ref is None:
            continue
        method = method_of(project, file, handler)
        found = handed_whole(project, handler.controller, handler.method, given.position)
        if method is not None and found and handler.declared == handler.controller:
            at = method.params[given.position].type
            if isinstance(at, TName):
                yield Mutant((Edit(at.at.span, "any"),), method.body_at.span)


@breaks("dto-validation/mixed-library")
def class_in_another_library(file: File, project: Project) -> Iterator[Mutant]:
    """A class with validators that is made from a schema, or the other way round, where nearly all of the
    package are as it was."""
    odd = _conventional(project)
    for cls in file.facts.classes:
        kind = odd.get(Ref(file.path, cls.name), "")
        at = cls.name_at.end
        if kind == "class" and not cls.extends and file.data[at : at + 2] == b" {":
            make, made = importing(file, "createZodDto", "nestjs-zod")
            schema, z = importing(file, "z", "zod")
            both = Edit(make.span, make.text + schema.text)
            yield Mutant((both, Edit(Span(at, at), f" extends {made}({z}.object({{}}))")), cls.name_at.span)
        elif kind == "schema" and cls.extends:
            edit, local = importing(file, "IsString", "class-validator")
            node = file.source.node_at(cls.name_at.span)
            body = child(node.parent, "body") if node is not None else None
            if body is not None:
                bare = Edit(Span(at, body.end_byte), f" {{ @{local}() mutated: string; }}")
                yield Mutant((edit, bare), cls.name_at.span)


_LEAST = 10


def _conventional(project: Project) -> dict[Ref, str]:
    """The classes that routes take and that are like nearly all of their package, with what they are."""
    found: dict[str, dict[Ref, str]] = {}
    for controller, _ in placed_controllers(project):
        package = project.layout.package_of(controller.path)
        known = found.setdefault(package.dir if package is not None else "", {})
        for handler in handlers_of(project, controller):
            for given in inputs_of(project, handler) if handler.kind == "http" else ():
                ref = given.meant.element.ref
                if ref is None or given.source not in ("body", "query", "param"):
                    continue
                schema = shape_of(project, ref).kind == "schema"
                if schema or has_checks(project, ref):
                    known[ref] = "schema" if schema else "class"
    out: dict[Ref, str] = {}
    bases = {base for known in found.values() for ref in known for base in lineage(project, ref).refs[1:]}
    for known in found.values():
        for kind in ("class", "schema"):
            like = [ref for ref, other in known.items() if other == kind]
            if len(like) >= max(_LEAST, 0.8 * len(known)):
                out |= {ref: kind for ref in like if ref not in bases}  # a base changes all its heirs, too
    return out
