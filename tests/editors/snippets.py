"""Set-up that pages tell users, taken from the pages: what is tested is what they copy."""

from __future__ import annotations

import re

from obtain import ROOT

NEOVIM = "client-neovim/README.md"
EDITORS = "server/EDITORS.md"


def snippet(page: str, name: str) -> str:
    """The fenced block below `<!-- name -->` on a page."""
    text = (ROOT / page).read_text("utf-8")
    found = re.findall(rf"^<!-- {re.escape(name)} -->\n```\w*\n(.*?)^```$", text, re.M | re.S)
    assert len(found) == 1, f"{page} must have one block marked <!-- {name} -->, and has {len(found)}"
    return str(found[0])
