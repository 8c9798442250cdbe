import re
from collections.abc import Iterator

from nestwise.api import (
    Arr,
    Edit,
    File,
    Finding,
    Fix,
    Level,
    Name,
    New,
    Node,
    Preset,
    Project,
    Promised,
    Ref,
    Safety,
    Span,
    Spot,
    TArray,
    TName,
    ancestors,
    carries,
    child,
    handlers_of,
    logger_at,
    named,
    own_method,
    parts_of,
    promised,
    rule,
    span_of,
)

_DONE_ELSEWHERE = frozenset(
    "publish emit enqueue queue dispatch broadcast log track cache audit background".split()
)
"""Of the names of methods: work that others finish, or that nobody misses."""
_FOR_THAT = frozenset(
    "log logs logger logging tracker tracking cache cached audit metric metrics analytics telemetry bus "
    "emitter".split()
)
"""Of the names of what they are called on."""
_NAMES = {"prisma": "Prisma", "mongoose": "Mongoose", "drizzle": "Drizzle"}
_LISTS = frozenset(
    {"Array", "ReadonlyArray", "Map", "ReadonlyMap", "Set", "ReadonlySet", "WeakMap", "WeakSet"}
)
_FUNCTIONS = frozenset("arrow_function function_expression function_declaration method_definition".split())
_WORD = re.compile(r"[\w$]+")
_WRITES = re.compile(
    rb"\.(?:save|create|update|delete|insert|remove|upsert|replace|destroy|soft|restore|recover|increment"
    rb"|decrement|bulk|find\w+And|native|flush|persist|query|\$|exec|all|race|any|truncate|clear|set)\w*\s*[(<`]"
)
"""What is called on something else than `this` is looked into where it may write."""
_CALLED = rb"(?:\s*+[?!]?+\.\s*+[#\w$]++)*+\s*+(?:[(<\[`]|\?\.|!\.)"
_STATEMENT = re.compile(rb"[;{})>&|/\n][ \t]*+([A-Za-z_$][\w$]*+%b)" % _CALLED)
"""What is called where a statement may begin, or behind an operator or a comment."""
# What follows is found by plain letters: tests of what `this` gives, or constants that are tested later.
_TEST = re.compile(rb"(this(?:(?<=[?:!(=/]this)|(?<=[?:!(=/] this))%b)" % _CALLED)
_ELSE = re.compile(rb"else[ \t]+(\w++%b)" % _CALLED)
_TERNARY = re.compile(rb"return (?=this[^;]{0,300}?\)\s*\?[^.?:])(this%b)" % _CALLED)
_CHAIN = ("call_expression", "member_expression", "subscript_expression", "non_null_expression")


def _begins(data: bytes) -> Iterator[tuple[int, int]]:
    """Calls, each the first of a chain, that nobody may take, up to their arguments."""
    for pattern in (_STATEMENT, _ELSE, _TERNARY, _TEST):
        for found in pattern.finditer(data):
            yield found.span(1)


def wait_or_log(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """`await` is what is meant where the function is `async`; elsewhere, and for what may fail on its own, it
    is for the author to say."""
    how, sure, runs = finding.data
    call = file.source.node_at(finding.span)
    if call is None or call.type != "call_expression":
        return
    function = next((o for o in ancestors(call) if o.type in _FUNCTIONS), None)
    if how == "each":
        yield from _all_of_them(call, file)
        return
    if function is not None and _is_async(function):
        yield Fix("Wait for it", _awaited(call, file, runs), Safety.SAFE if sure else Safety.UNSAFE)
    elif function is not None and _is_handler(function, file, project):
        name = child(function, "name")
        edits = (
            (file.insert(name.start_byte, "async "), *_awaited(call, file, runs)) if name is not None else ()
        )
        yield Fix("Wait for it, in an `async` handler", edits, Safety.UNSAFE)
    if how == "dropped" and runs:
        yield from _logged(call, file, project)


@rule(
    level="warning",
    since="0.1.0",
    when=(
        b"async",
        b"Promise",
        b".save",
        b".create",
        b".update",
        b".delete",
        b".insert",
        b".remove",
        b".upsert",
    ),
    spot=Spot(_begins, _CHAIN),
    plausible=lambda begin, file: (call := _call_at(begin)) is not None and bool(_use_of(call, file)),
    fixes=wait_or_log,
)
def unhandled_promise(begin: Node, file: File, project: Project, preset: Preset) -> Iterator[Finding]:
    call = _call_at(begin)
    how = _use_of(call, file) if call is not None else ""
    cls = file.class_at(begin) if how else None
    if call is None or cls is None or cls.inside:
        return
    method = next((o for o in ancestors(call) if o.type == "method_definition"), None)
    name = file.text_of(child(method, "name"))
    found = promised(project, Ref(file.path, cls.name), name, file.expr(_beginning(call, file)))
    if found is None:
        return
    if how == "tested":
        yield Finding(
            span_of(call),
            f"`{found.name}` gives a promise, which counts as true whatever becomes of it. `await` it",
            data=(how, True, True),
        )
    elif not found.calm and (message := _message(found)) and name != "constructor":
        yield Finding(span_of(call), message, data=(how, True, not found.lazy or found.orm != "kysely"))
    elif not found.calm and preset is Preset.STRICT:
        yield Finding(
            span_of(call),
            f"Nobody waits for `{found.name}`: should it fail, that is an unhandled rejection, which ends "
            "the process unless somebody listens for those. `await` it, or add `.catch`",
            level=Level.HINT,
            data=(how, False, True),
        )


def _message(found: Promised) -> str:
    if found.lazy and found.orm == "kysely":
        return (
            f"Nobody runs `{found.name}`: Kysely does nothing until `execute` is called: nothing is written. "
            "Call it, and `await` it"
        )
    if found.lazy:
        return (
            f"Nobody waits for `{found.name}`, and {_NAMES[found.orm]} runs a query only once somebody does: "
            "nothing is written. `await` it"
        )
    if found.writes:
        return (
            f"Nobody waits for `{found.name}`, which writes: the code goes on before that is done, and a "
            "failure is an unhandled rejection, which ends the process unless somebody listens for those. "
            "`await` it"
        )
    if found.throws:
        return (
            f"Nobody waits for `{found.name}`: what it throws stops nothing here, and as an unhandled "
            "rejection ends the process unless somebody listens for those. `await` it"
        )
    return ""


# --- what becomes of a call ----------------------------------------------------------------------


def _call_at(begin: Node) -> Node | None:
    """The chain that begins there, if it ends with a call."""
    node, outer = begin, begin.parent
    while outer is not None and outer.start_byte == begin.start_byte and outer.type in _CHAIN:
        node, outer = outer, outer.parent
    return node if node.type == "call_expression" else None


def _use_of(call: Node, file: File) -> str:
    """dropped, each (for every element of a `forEach`), tested; empty for what is no candidate."""
    outer = call.parent
    how = _becomes(call, outer, file) if outer is not None else ""
    own = file.data.startswith(b"this.", call.start_byte)
    if not how or outer is None or not (own or (how != "tested" and _may_write(call, file))):
        return ""
    if how == "tested":
        if not _is_of_this(call) or (outer.type == "variable_declarator" and not _is_tested(outer, file)):
            return ""
    elif _on_purpose(call, file):
        return ""
    if carries(call) or _is_handled(call, file) or (own and _is_of_a_list(call, file)):
        return ""
    return how


def _becomes(call: Node, outer: Node, file: File) -> str:
    """What `_use_of` says, by what is around the call alone."""
    match outer.type:
        case "expression_statement":
            return "dropped"
        case "binary_expression":  # `ready && run()` as a statement
            last = outer.parent is not None and outer.parent.type == "expression_statement"
            return "dropped" if last and child(outer, "right") == call else ""
        case "arrow_function":
            around = outer.parent.parent if outer.parent is not None else None
            each = file.text_of(child(child(around, "function"), "property")) == "forEach"
            return "each" if each and named(child(around, "arguments"))[:1] == [outer] else ""
        case "parenthesized_expression":
            return "tested" if outer.parent is not None and outer.parent.type == "if_statement" else ""
        case "ternary_expression":
            return "tested" if child(outer, "condition") == call else ""
        case "unary_expression":
            operator = child(outer, "operator")
            return "tested" if operator is not None and operator.type == "!" else ""
        case "variable_declarator":
            return "tested"
        case _:
            return ""


def _is_of_this(call: Node) -> bool:
    """Is a method of the object itself called, of a field of it, or of what another call gives?"""
    owner = child(child(call, "function"), "object")
    if owner is not None and owner.type == "member_expression":
        owner = child(owner, "object")
        return owner is not None and owner.type == "this"
    return owner is not None and owner.type in ("this", "call_expression")


def _is_of_a_list(call: Node, file: File) -> bool:
    """`this.items.push(…)`, where the class says that the field is a list, a map or a set."""
    field = child(child(call, "function"), "object")
    name = file.text_of(child(field, "property"))
    cls = file.class_at(call) if name and file.text_of(child(field, "object")) == "this" else None
    prop = next((p for p in cls.properties if p.name == name), None) if cls is not None else None
    if prop is None:
        return False
    made = prop.value.callee if isinstance(prop.value, New) else None
    return (
        isinstance(prop.type, TArray)
        or isinstance(prop.value, Arr)
        or (isinstance(prop.type, TName) and prop.type.name in _LISTS)
        or (isinstance(made, Name) and made.id in _LISTS)
    )


def _may_write(call: Node, file: File) -> bool:
    """Also a call of a function of the file or of another one."""
    callee = child(call, "function")
    if callee is not None and callee.type == "identifier":
        return True
    return _WRITES.search(file.data, call.start_byte, call.end_byte) is not None


def _beginning(call: Node, file: File) -> Node:
    """The call before `.then(…)` and `.finally(…)`, whose promises fail when its own does."""
    while True:
        callee = child(call, "function")
        inner = child(callee, "object")
        if inner is None or inner.type != "call_expression":
            return call
        if file.text_of(child(callee, "property")) not in ("then", "finally"):
            return call
        call = inner


def _is_handled(call: Node, file: File) -> bool:
    """`.catch(…)` somewhere in the chain, or `.then(…, …)`."""
    link: Node | None = call
    while link is not None and link.type == "call_expression":
        callee = child(link, "function")
        name = file.text_of(child(callee, "property"))
        if name == "catch" or (name == "then" and len(named(child(link, "arguments"))) > 1):
            return True
        link = child(callee, "object")
    return False


def _on_purpose(call: Node, file: File) -> bool:
    callee = child(_beginning(call, file), "function")
    owner, _, method = file.text_of(callee).rpartition(".")
    if len(owner) > 200 or parts_of(method) & _DONE_ELSEWHERE:
        return True
    return any(parts_of(word) & _FOR_THAT for word in _WORD.findall(owner))


def _is_tested(declarator: Node, file: File) -> bool:
    """Is the constant a condition somewhere in its block, and not waited for?"""
    name = file.text_of(child(declarator, "name")).encode()
    block = next((o for o in ancestors(declarator) if o.type == "statement_block"), None)
    declaration = declarator.parent
    if block is None or declaration is None or file.text_of(child(declaration, "kind")) != "const":
        return False
    text = file.data[declarator.end_byte : block.end_byte]
    if b"!" + name not in text and re.search(rb"if\s*\(\s*" + re.escape(name), text) is None:
        return False
    word = rb"(?<![\w$.])" + re.escape(name) + rb"(?![\w$])"
    waited = rb"\bawait\s+" + word + rb"|" + word + rb"\??\.(?:then|catch)\b"
    if re.search(waited + rb"|[\[,(:=]\s*" + word + rb"\s*[\],;}]", text):
        return False
    return re.search(rb"(?:!|\bif\s*\(\s*)" + word + rb"\s*(?:\)|&&|\|\||\?[^.])", text) is not None


# --- the fixes -----------------------------------------------------------------------------------


def _is_async(function: Node) -> bool:
    return any(part.type == "async" for part in function.children)


def _is_handler(function: Node, file: File, project: Project) -> bool:
    """A method that Nest calls, which may give a promise as well, where no type says otherwise."""
    cls = file.class_at(function)
    if function.type != "method_definition" or child(function, "return_type") is not None or cls is None:
        return False
    name = file.text_of(child(function, "name"))
    handlers = handlers_of(project, Ref(file.path, cls.name))
    return own_method(cls, name) is not None and any(h.method == name for h in handlers)


def _awaited(call: Node, file: File, runs: bool) -> tuple[Edit, ...]:
    end = () if runs else (file.insert(call.end_byte, ".execute()"),)
    outer = call.parent
    if outer is not None and outer.type in ("unary_expression", "ternary_expression", "binary_expression"):
        return (file.insert(call.start_byte, "(await "), file.insert(call.end_byte, ")"))
    statement = outer is not None and outer.type == "expression_statement"
    start = file.data.rfind(b"\n", 0, call.start_byte) + 1
    indent = file.data[start : call.start_byte].decode(errors="replace")
    if statement and not indent.strip() and call.start_point.row == call.end_point.row and not end:
        text = f"await {file.text_of(call)}"
        fitted = file.fitted(text, indent, file.style.semicolon)
        if fitted != text:
            return (Edit(span_of(call), fitted),)
    return (file.insert(call.start_byte, "await "), *end)


def _logged(call: Node, file: File, project: Project) -> Iterator[Fix]:
    """The code goes on, and what fails is logged."""
    reached = logger_at(file, project, call)
    if reached is None or (reached.logger.methods is not None and "error" not in reached.logger.methods):
        return
    context = f", {reached.context}" if reached.context else ""
    text = f".catch((error) => {reached.logger.written}.error(error{context}))"
    edits = (*reached.edits, file.insert(call.start_byte, "void "), file.insert(call.end_byte, text))
    yield Fix("Go on without it, and log its failure", tuple(sorted(edits)), Safety.UNSAFE)


def _all_of_them(call: Node, file: File) -> Iterator[Fix]:
    """`await Promise.all(items.map(…))` in place of `items.forEach(…)`."""
    arrow = call.parent
    each = arrow.parent.parent if arrow is not None and arrow.parent is not None else None
    function = next((o for o in ancestors(each) if o.type in _FUNCTIONS), None) if each is not None else None
    name = child(child(each, "function"), "property")
    statement = each is not None and each.parent is not None and each.parent.type == "expression_statement"
    if each is None or name is None or function is None or not statement or not _is_async(function):
        return
    yield Fix(
        "Wait for all of them",
        (
            file.insert(each.start_byte, "await Promise.all("),
            Edit(Span(name.start_byte, name.end_byte), "map"),
            file.insert(each.end_byte, ")"),
        ),
        Safety.UNSAFE,
    )
