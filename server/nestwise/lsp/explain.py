"""The page of a rule, shown by the editor."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from nestwise.lint.registry import load_rules
from nestwise.lsp.code_actions import EXPLAIN
from nestwise.lsp.session import Session


def execute(session: Session, params: lsp.ExecuteCommandParams) -> Any:
    """The only command. Clients that cannot open a document get the sentence of the page and its place."""
    arguments = params.arguments or []
    rule = load_rules().get(arguments[0]) if arguments and isinstance(arguments[0], str) else None
    if params.command != EXPLAIN or rule is None:
        raise JsonRpcInvalidParams(f"`{params.command}` needs the id of a rule, and is `{EXPLAIN}`")
    if session.client.shows_documents:
        shown = lsp.ShowDocumentParams(uri=rule.page.as_uri(), take_focus=True)
        session.request(lsp.WINDOW_SHOW_DOCUMENT, shown)
    else:
        message = f"{rule.id}: {rule.summary} See {rule.page}."
        session.notify(
            lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(type=lsp.MessageType.Info, message=message)
        )
    return None
