import re
from collections.abc import Iterator
from dataclasses import dataclass

from nestwise.api import (
    Edit,
    File,
    Finding,
    Fix,
    Handler,
    Input,
    Node,
    Project,
    Related,
    Safety,
    Span,
    ancestors,
    callee_of,
    cast_around,
    checks_itself,
    child,
    declares,
    inputs_of,
    is_foreign,
    is_name,
    line_of,
    named,
    numbered,
    refuses_itself,
    rule,
    span_of,
    spare_imports,
    variables,
    walk,
)

NEST = "@nestjs/common"
_DECORATORS = {"body": "Body", "query": "Query", "params": "Param"}
_USUAL = {"body": "any", "query": "Record<string, any>", "params": "Record<string, string>"}
"""What the type of a request says of its parts."""
_READ = re.compile(rb"\b(?:body|query|params)\b")
_LOGS = re.compile(r"\bconsole\b|log(?:ger)?\b", re.I)
_RAW = re.compile(r"\bJSON\.parse$|\bBuffer\.\w+$|\.toString$")
"""What is done with a body that nobody parsed."""


@dataclass(frozen=True)
class _Read:
    """A place that takes a part of the request."""

    source: str
    """body, query or params."""
    node: Node
    """`req.body`, or the `body` of a pattern that takes the request apart."""


# --- the fix -----------------------------------------------------------------------------------


def take_inputs(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """Parameters of their own for what the handler reads; offered where each has a plain name and type."""
    parameter = file.source.node_at(finding.span)
    while parameter is not None and parameter.type not in ("required_parameter", "method_definition"):
        parameter = parameter.parent
    method = (
        next((o for o in ancestors(parameter) if o.type == "method_definition"), None) if parameter else None
    )
    if parameter is None or method is None or parameter.type != "required_parameter":
        return
    taken = _Taken(file, parameter, method)
    if not all(taken.take(read) for read in _reads(file, method, taken.request)) or taken.is_ambiguous():
        return
    # Pipes let what is missing pass since Nest 10.
    late = any(optional for _, optional in taken.pipes.values())
    if late and (project.layout.nest_major(file.path) or 11) < 10:
        return
    edits = taken.edits()
    if edits is not None:
        names = _listed([f"`{d}`" for d in taken.decorators])
        yield Fix(f"Take the input with {names}", edits, Safety.UNSAFE)


class _Taken:
    """What becomes of the reads of one handler."""

    def __init__(self, file: File, parameter: Node, method: Node) -> None:
        self.file = file
        self.parameter = parameter
        self.method = method
        self.request = file.text_of(child(parameter, "pattern"))
        self.inputs: dict[tuple[str, str], tuple[str, str]] = {}
        """Of which key of which source (empty for the whole): the parameter's name and type."""
        self.pipes: dict[tuple[str, str], tuple[str, bool]] = {}
        """Of those that the handler makes numbers: the pipe, and whether they may be missing."""
        self.replaced: list[tuple[Span, str]] = []
        self.declared: set[str] = set()
        """Names that a statement declared which goes."""

    @property
    def decorators(self) -> list[str]:
        return [_decorator(source, key) for source, key in self.inputs]

    def take(self, read: _Read) -> bool:
        """Plan for one read; False where that is not plain."""
        if read.node.type not in ("member_expression", "subscript_expression"):
            return self._take_apart(read.node)
        whole = cast_around(read.node)
        key, node = _key_of(self.file, whole) if read.source != "body" else ("", whole)
        cast = _type_of(self.file, node)
        made = numbered(self.file, node, read.source.rstrip("s"), key) if key else None
        if made is not None:
            optional = made.fallback and read.source == "query"
            if self.pipes.setdefault((read.source, key), (made.pipe, optional)) != (made.pipe, optional):
                return False
            node, cast = cast_around(made.node), f"number{' | undefined' if optional else ''}"
        elif (read.source, key) in self.pipes:
            return False
        declarator = node.parent
        if declarator is not None and declarator.type == "variable_declarator":
            pattern = child(declarator, "name")
            if pattern is not None and pattern.type == "object_pattern" and not key and read.source != "body":
                return self._take_keys(read.source, declarator, pattern)
            if pattern is not None and pattern.type == "identifier":
                kind = _annotation(self.file, declarator) or cast
                return self._declare(declarator, read.source, key, self.file.text_of(pattern), kind)
        if key:
            name, kind = key, cast if made is not None else "string"
            if not is_name(key):
                return False
            if made is None and cast != "string" and whole.parent is not None:
                node = whole.parent
        else:
            name, kind = read.source, cast
        return self._input(read.source, key, name, kind) and self._replace(span_of(node), name)

    def _declare(self, declarator: Node, source: str, key: str, name: str, kind: str) -> bool:
        """`const id = req.params.id` goes, and the parameter has its name."""
        statement = declarator.parent
        span = line_of(self.file.source, statement) if statement is not None else None
        block = child(self.method, "body")
        if span is None or statement is None or len(named(statement)) != 1 or statement.parent != block:
            return False
        if key and kind not in (("number",) if (source, key) in self.pipes else ("", "string")):
            return False
        self.declared.add(name)
        return self._input(source, key, name, kind) and self._replace(span, "")

    def _take_keys(self, source: str, declarator: Node, pattern: Node) -> bool:
        """`const { id, name } = req.params` goes."""
        parts = named(pattern)
        if child(declarator, "type") is not None or not parts:
            return False
        return all(
            p.type == "shorthand_property_identifier_pattern"
            and self._declare(declarator, source, self.file.text_of(p), self.file.text_of(p), "")
            for p in parts
        )

    def _take_apart(self, part: Node) -> bool:
        """`const { body, params } = req` goes, where it takes nothing else."""
        pattern = part if part.type == "object_pattern" else part.parent
        declarator = pattern.parent if pattern is not None else None
        if pattern is None or declarator is None or declarator.type != "variable_declarator":
            return False
        names = [self.file.text_of(p) for p in named(pattern)]
        return all(n in _DECORATORS and self._declare(declarator, n, "", n, "") for n in names)

    def _input(self, source: str, key: str, name: str, kind: str) -> bool:
        usual = "string" if key else _USUAL[source]
        known = self.inputs.get((source, key))
        if known is None:
            self.inputs[source, key] = (name, kind or usual)
            return True
        return known[0] == name and kind in ("", known[1])

    def _replace(self, span: Span, text: str) -> bool:
        if (span, text) not in self.replaced:
            self.replaced.append((span, text))
        return True

    def is_ambiguous(self) -> bool:
        """Does the handler have such an input already, or mean something else by one of the names?"""
        names = [name for name, _ in self.inputs.values()]
        if not names or len(set(names)) < len(names):
            return True
        for parameter in named(child(self.method, "parameters")):
            for decorator in (n for n in named(parameter) if n.type == "decorator"):
                head, _, rest = self.file.text_of(decorator)[1:].partition("(")
                taken = [key for source, key in self.inputs if _DECORATORS[source] == head.rpartition(".")[2]]
                if (rest[:1] == ")" and taken) or rest.strip("'\"`)") in taken:
                    return True
        for node in variables(self.method):
            name = self.file.text_of(node)
            if name not in names or any(s.start <= node.start_byte < s.end for s, _ in self.replaced):
                continue
            if name not in self.declared or declares(node):
                return True
        return False

    def edits(self) -> tuple[Edit, ...] | None:
        file = self.file
        own = Span(self.parameter.start_byte, self.parameter.end_byte)
        gone = [own, *(span for span, _ in self.replaced)]
        used = any(
            file.text_of(n) == self.request and not any(s.start <= n.start_byte < s.end for s in gone)
            for n in variables(self.method)
        )
        wanted = dict.fromkeys(_DECORATORS[source] for source, _ in self.inputs)
        spare = frozenset() if used else spare_imports(file.source, [self.parameter])
        wanted |= dict.fromkeys(pipe for pipe, _ in self.pipes.values())
        found = file.imported_all([(name, NEST) for name in wanted], spare)
        if found is None:
            return None
        local, edits = found
        texts = [file.text_of(self.parameter)] if used else []
        for (source, key), (name, kind) in self.inputs.items():
            decorator = local[_DECORATORS[source]]
            given = file.written(f"'{key}'") if key else ""
            if (source, key) in self.pipes:
                pipe, optional = self.pipes[source, key]
                given += f", new {local[pipe]}({{ optional: true }})" if optional else f", {local[pipe]}"
            texts.append(f"@{decorator}({given}) {name}: {kind}")
        edits += [Edit(span, text) for span, text in self.replaced]
        return tuple(sorted([*edits, file.replaced_parameter(self.parameter, texts)]))


def _decorator(source: str, key: str) -> str:
    return f"@{_DECORATORS[source]}({repr(key) if key else ''})"


def _key_of(file: File, node: Node) -> tuple[str, Node]:
    """The key that is read of a source, and the expression which does, casts around it taken along; an empty
    key and the source itself where all of it is taken."""
    outer = node.parent
    if outer is None or child(outer, "object") != node:
        return "", node
    if outer.type == "member_expression":
        return file.text_of(child(outer, "property")), cast_around(outer)
    index = child(outer, "index")
    if outer.type == "subscript_expression" and index is not None and index.type == "string":
        return file.text_of(index)[1:-1], cast_around(outer)
    return "", node


def _type_of(file: File, node: Node) -> str:
    """The type that an expression is cast to, if it is a plain one."""
    while node.type == "parenthesized_expression" and named(node):
        node = named(node)[0]
    kinds = named(node) if node.type == "as_expression" else []
    kind = kinds[1] if len(kinds) > 1 else None
    plain = kind is not None and kind.type in ("type_identifier", "predefined_type")
    return file.text_of(kind) if plain else ""


def _annotation(file: File, declarator: Node) -> str:
    kinds = named(child(declarator, "type"))
    plain = len(kinds) == 1 and kinds[0].type in ("type_identifier", "predefined_type")
    return file.text_of(kinds[0]) if plain else ""


# --- the finding -------------------------------------------------------------------------------


@rule(level="warning", since="0.1.0", fixes=take_inputs)
def no_request_object(handler: Handler, file: File, project: Project) -> Iterator[Finding]:
    if handler.kind != "http" or handler.declared.path != file.path or handler.verb == "ALL":
        return
    if not any(i.module == NEST and i.name in ("Req", "Request", "*") for i in file.facts.imports):
        return
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    method = cls.method(handler.method) if cls else None
    if method is None:
        return
    body = file.data[method.body_at.start : method.body_at.end]
    if refuses_itself(body) or is_foreign(handler, method):
        return
    inputs = inputs_of(project, handler)
    others = {i.name for i in inputs if i.source in ("response", "next")}
    for given in inputs:
        if given.source != "request" or given.position >= len(method.params):
            continue
        param = method.params[given.position]
        sources = [key for key in param.keys if key in _DECORATORS]
        places: list[Node] = []
        if param.name and _READ.search(body):
            node = file.source.node_at(method.body_at.span)
            while node is not None and node.type != "method_definition":
                node = node.parent
            if node is None or _is_handed_on(file, node, param.name, others):
                continue
            reads = list(_reads(file, node, param.name))
            sources += [read.source for read in reads]
            places = [read.node for read in reads]
        if sources:
            yield Finding(
                param.name_at.span,
                _message(handler, param.name, list(dict.fromkeys(sources)), inputs),
                related=tuple(Related(file.path, span_of(n), "read here") for n in places),
            )


def _message(handler: Handler, name: str, sources: list[str], inputs: tuple[Input, ...]) -> str:
    read = _listed([f"`{name}.{s}`" if name else f"`{s}`" for s in sources])
    there = {i.source: i.name for i in inputs if not i.key and i.name}
    takes = [there.get(s.rstrip("s"), "") or f"@{_DECORATORS[s]}()" for s in sources]
    verb = "reaches" if len(sources) == 1 else "reach"
    return (
        f"{read} {verb} `{handler.declared.name}.{handler.method}` past all pipes: nothing validates or "
        f"converts what the client sends. Take {_listed([f'`{t}`' for t in takes])} instead"
    )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _is_handed_on(file: File, method: Node, name: str, others: set[str]) -> bool:
    """Does something else answer the request, which gets it together with the response?"""
    for node in walk(method):
        if node.type == "arguments":
            given = {file.text_of(n) for n in named(node)}
            if name in given and given & others:
                return True
    return False


def _reads(file: File, method: Node, name: str) -> Iterator[_Read]:
    """Where the handler takes client data out of the request, other than to log it or to read it raw."""
    stack = [child(method, "body")]
    while stack:
        node = stack.pop()
        if node is None or (node.id != method.id and _hides(file, node, name)):
            continue
        stack += reversed(node.named_children)
        if node.type == "identifier" and file.text_of(node) == name:
            for read in _read_at(file, cast_around(node)):
                if not _is_harmless(file, read):
                    yield read


def _hides(file: File, node: Node, name: str) -> bool:
    """Is this a function that means something else by the name?"""
    given = child(node, "parameters") or child(node, "parameter")
    return given is not None and re.search(rf"\b{re.escape(name)}\b", file.text_of(given)) is not None


def _read_at(file: File, request: Node) -> Iterator[_Read]:
    outer = request.parent
    if outer is None:
        return
    if child(outer, "object") == request:
        part = child(outer, "property") or child(outer, "index")
        source = file.text_of(part).strip("'\"`")
        if source in _DECORATORS:
            yield _Read(source, outer)
    elif outer.type == "variable_declarator" and child(outer, "value") == request:
        for part in named(child(outer, "name")):
            source = file.text_of(child(part, "key") or child(part, "left") or part)
            if part.type != "rest_pattern" and source in _DECORATORS:
                yield _Read(source, part)


def _is_harmless(file: File, read: _Read) -> bool:
    node = cast_around(read.node)
    key, _ = _key_of(file, node)
    if read.source == "params" and (key == "*" or _is_wildcard(node)):
        return True
    while (outer := node.parent) is not None:
        if outer.type == "assignment_expression":
            return child(outer, "left") == node
        if outer.type == "call_expression" and child(outer, "function") == node:
            return _RAW.search(file.text_of(node)) is not None
        if child(outer, "object") != node:
            break
        node = cast_around(outer)
    handed = False
    for outer in ancestors(read.node):
        if outer.type == "call_expression":
            handed = True
            callee = file.text_of(callee_of(outer))
            if _LOGS.search(callee) or _RAW.search(callee) or checks_itself(f"{callee}(".encode()):
                return True
        if outer.type == "variable_declarator" and not handed:  # what is checked later on
            block = outer.parent.parent if outer.parent is not None else None
            return block is not None and checks_itself(file.data[outer.end_byte : block.end_byte])
        if outer.type.endswith(("statement", "declaration")):
            break
    return False


def _is_wildcard(node: Node) -> bool:
    """`req.params[0]`: the rest of a path, which is any text."""
    index = child(node.parent, "index")
    return index is not None and index.type == "number" and child(node.parent, "object") == node
