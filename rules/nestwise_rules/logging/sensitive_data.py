from collections.abc import Iterator

from nestwise.api import File, Finding, Node, parts_of, rule, span_of

_LEVELS = frozenset(("log error warn debug verbose info trace fatal").split())
_SECRET = frozenset(("password passwd passphrase secret token authorization cookie cvv cvc ssn").split())
_PAIRS = (("api", "key"), ("private", "key"), ("card", "number"), ("access", "key"))
_HARMLESS = frozenset(
    (
        "id ids count name names expires expiry expired expiration length type kind size error exists "
        "valid invalid is has url uri path ttl age at status index limit usage reset header field key "
        "hash hashed prefix"
    ).split()
)


@rule(
    level="error",
    since="0.1.0",
    query="""
    (call_expression
      function: (member_expression object: (_) @receiver property: (property_identifier) @method)
      arguments: (arguments) @arguments)
    """,
)
def sensitive_data(receiver: Node, method: Node, arguments: Node, file: File) -> Iterator[Finding]:
    if file.text_of(method) not in _LEVELS or not _is_logger(file.text_of(receiver)):
        return
    for argument in arguments.named_children:
        for node in _values(argument):
            name = file.text_of(node)
            if _is_secret(name):
                message = f"`{name}` is written to the log: whoever reads logs can use it"
                yield Finding(span_of(node), message)
                return


def _is_logger(receiver: str) -> bool:
    last = receiver.rpartition(".")[2]
    return last == "console" or bool(parts_of(last) & {"logger", "log"})


def _values(node: Node) -> Iterator[Node]:
    """What is written as it is: names, members, and the holes of templates; not what calls make of them."""
    if node.type in ("identifier", "shorthand_property_identifier"):
        yield node
    elif node.type == "member_expression":
        if (name := node.child_by_field_name("property")) is not None:
            yield name
    elif node.type in (
        "template_string",
        "template_substitution",
        "object",
        "array",
        "parenthesized_expression",
    ):
        for part in node.named_children:
            yield from _values(part)
    elif node.type == "pair" and (value := node.child_by_field_name("value")) is not None:
        yield from _values(value)
    elif node.type == "binary_expression" and any(c.type == "+" for c in node.children):
        for part in node.named_children:
            yield from _values(part)


def _is_secret(name: str) -> bool:
    if name.isupper():
        return False
    parts = parts_of(name)
    if parts & (_HARMLESS - {"key"}):
        return False
    if any(a in parts and b in parts for a, b in _PAIRS):
        return True
    return "key" not in parts and bool(parts & _SECRET)
