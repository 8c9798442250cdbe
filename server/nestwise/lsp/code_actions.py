"""Code actions: fixes, suppressions, and the page of a rule."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from nestwise.lint.fix import fixes_of
from nestwise.lint.refactorings import body_moved
from nestwise.lint.rule import Fix, Safety
from nestwise.lint.run import Diagnostic
from nestwise.lsp.convert import to_diagnostic, to_span
from nestwise.lsp.documents import Document
from nestwise.lsp.edits import can_apply, workspace_edit
from nestwise.lsp.fix_all import all_fixed
from nestwise.lsp.session import Session
from nestwise.lsp.suppress import for_file, for_line
from nestwise.project.facts import Method
from nestwise.syntax.text import Edit

log = logging.getLogger(__name__)

EXPLAIN = "nestwise.explain"
FIX_ALL = "source.fixAll.nestwise"
EXTRACT = lsp.CodeActionKind.RefactorExtract
KINDS = [lsp.CodeActionKind.QuickFix, EXTRACT, FIX_ALL]
_CONTENT_MODIFIED = -32801


@dataclass(frozen=True)
class _Offer:
    """A code action before anybody asks for its edits. Equal keys mean the same action."""

    title: str
    key: str
    diagnostic: Diagnostic | None
    preferred: bool = False
    kind: str = lsp.CodeActionKind.QuickFix
    fix: Fix | None = None
    disabled: str = ""
    command: lsp.Command | None = None


def code_actions(session: Session, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What can be done in a range. The client's diagnostics are not read: some clients send none, or
    without code and data."""
    document = session.documents.get(params.text_document.uri)
    if document is None or document.source is None or not session.client.literals:
        return []
    session.settle()
    only = params.context.only
    actions = []
    for offer in _offers(session, document, params):
        if not _wanted(offer.kind, only) or (offer.disabled and not session.client.disabled):
            continue
        action = _action(session, document, offer)
        if action is not None:
            actions.append(action)
    return actions


def resolve(session: Session, action: lsp.CodeAction) -> lsp.CodeAction:
    """The action with its edits. Raises if the document is another one by now. One that was complete when
    it was offered stays as it is: Neovim 0.10 asks for the edits of commands, too."""
    if action.edit is not None or action.command is not None:
        return action
    data = action.data if isinstance(action.data, dict) else {}
    document = session.documents.get(str(data.get("uri")))
    if document is None or document.version != data.get("version"):
        raise JsonRpcException("the document has changed since", _CONTENT_MODIFIED)
    session.settle()
    key = str(data.get("key"))
    for offer in _all_offers(session, document, key):
        if offer.key == key:
            if offer.command is not None:
                action.command = offer.command
                return action
            edit = workspace_edit(session, document, _fix(document, offer))
            if edit is None:
                break
            action.edit = edit
            return action
    raise JsonRpcException(f"`{action.title}` can no longer be applied", _CONTENT_MODIFIED)


def _wanted(kind: str, only: Any) -> bool:
    if only is None:
        return not kind.startswith("source")
    return any(not str(o) or kind == str(o) or kind.startswith(f"{o}.") for o in map(_plain, only))


def _plain(kind: Any) -> str:
    return str(getattr(kind, "value", kind))


def _offers(session: Session, document: Document, params: lsp.CodeActionParams) -> Iterator[_Offer]:
    span = to_span(document.text, params.range, session.client.encoding)
    found = [d for d in document.diagnostics if d.finding.span.touches(span)]
    yield from _for_findings(session, document, found)
    if _wanted(EXTRACT, params.context.only):
        yield from _bodies(session, document, lambda method: method.name_at.span.touches(span))
    if params.context.only is not None and document.diagnostics:
        yield _fix_all_offer()


def _all_offers(session: Session, document: Document, key: str) -> Iterator[_Offer]:
    """All that is offered for the finding of a key, and for the document."""
    yield from _for_findings(session, document, [d for d in document.diagnostics if _key("", d) in key])
    if key.startswith("body "):
        yield from _bodies(session, document, lambda method: key == _body_key(method))
    yield _fix_all_offer()


def _fix_all_offer() -> _Offer:
    return _Offer("Fix all that nestwise can fix safely", "all", None, kind=FIX_ALL)


def _for_findings(session: Session, document: Document, found: list[Diagnostic]) -> Iterator[_Offer]:
    """Fixes of all findings first: some clients show few. What a rule found several times in the document
    can be fixed everywhere at once, if need be by fixes that are as unsafe as the one at hand."""
    every: dict[str, _Offer] = {}
    for diagnostic in found:
        rule = diagnostic.rule.id
        safe = 0
        for position, fix in enumerate(_fixes(document, diagnostic)):
            if fix.elsewhere and not can_apply(session.client, document, fix):
                continue
            preferred = fix.safety is Safety.SAFE and not safe
            safe += preferred
            yield _Offer(
                fix.title, _key("fix", diagnostic, str(position)), diagnostic, preferred=preferred, fix=fix
            )
            many = sum(d.rule.id == rule for d in document.diagnostics) > 1
            if many and rule not in every and not fix.elsewhere:
                key = _key("every", diagnostic, fix.safety)
                every[rule] = _Offer(f"Fix every {rule} in this file", key, diagnostic)
    yield from every.values()
    seen: set[str] = set()
    for diagnostic in found:
        rule = diagnostic.rule.id
        _, reason = for_line(document, diagnostic)
        yield _Offer(f"Disable {rule} for this line", _key("line", diagnostic), diagnostic, disabled=reason)
        if rule in seen:
            continue
        seen.add(rule)
        yield _Offer(f"Disable {rule} in this file", _key("file", diagnostic), diagnostic)
        command = lsp.Command(f"Explain {rule}", command=EXPLAIN, arguments=[rule])
        yield _Offer(f"Explain {rule}", _key("explain", diagnostic), diagnostic, command=command)


def _bodies(session: Session, document: Document, wanted: Callable[[Method], bool]) -> Iterator[_Offer]:
    """To move the bodies of handlers into a service, whether or not something is found in them."""
    file, workspace = document.file, document.workspace
    if file is None or workspace is None:
        return
    for cls in file.facts.classes:
        for method in cls.methods:
            if not method.decorators or not wanted(method):
                continue
            try:
                fix = body_moved(file, workspace.project, cls, method)
            except Exception:
                log.exception("moving the body of %s of %s failed", method.name, document.name)
                continue
            if fix is not None and can_apply(session.client, document, fix):
                yield _Offer(fix.title, _body_key(method), None, kind=EXTRACT, fix=fix)


def _body_key(method: Method) -> str:
    return f"body {method.name_at.start}"


def _key(kind: str, diagnostic: Diagnostic, more: str = "") -> str:
    span = diagnostic.finding.span
    return f"{kind} {diagnostic.rule.id} {span.start} {span.end} {more}"


def _fixes(document: Document, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """The fixes of a finding; those of a rule that fails are none, and it is logged."""
    if document.file is None or document.workspace is None:
        return ()
    try:
        return fixes_of(diagnostic, document.file, document.workspace.project)
    except Exception:
        log.exception("the fixes of rule %s failed on %s", diagnostic.rule.id, document.name)
        return ()


def _action(session: Session, document: Document, offer: _Offer) -> lsp.CodeAction | None:
    client = session.client
    action = lsp.CodeAction(offer.title, kind=offer.kind)
    if offer.diagnostic is not None:
        action.diagnostics = [to_diagnostic(document.text, offer.diagnostic, client, lambda path: None)]
    if client.preferred and offer.preferred:
        action.is_preferred = True
    if offer.disabled:
        action.disabled = lsp.CodeActionDisabled(offer.disabled)
    elif offer.command is not None and not (client.resolves and client.resolves_commands):
        action.command = offer.command
    elif client.resolves:
        action.data = {"uri": document.uri, "version": document.version, "key": offer.key}
    else:
        fix = _fix(document, offer)
        edit = workspace_edit(session, document, fix) if fix.edits or fix.elsewhere else None
        if edit is None:
            return None
        action.edit = edit
    return action


def _fix(document: Document, offer: _Offer) -> Fix:
    """What an action that is no command does."""
    return offer.fix or Fix(offer.title, tuple(_edits(document, offer)))


def _edits(document: Document, offer: _Offer) -> list[Edit]:
    if offer.diagnostic is None:
        return all_fixed(document)
    if offer.key.startswith("every "):
        return all_fixed(document, offer.diagnostic.rule.id, offer.key.endswith(Safety.UNSAFE))
    if offer.key.startswith("line "):
        return for_line(document, offer.diagnostic)[0]
    return for_file(document, offer.diagnostic)
