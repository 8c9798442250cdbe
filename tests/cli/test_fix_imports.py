"""A fix that needs an import writes it the way that the file writes its own, wherever it has to go."""

from __future__ import annotations

import pytest

BODY = """\
class CatsService {
  all() { console.log('all'); }
}
"""
FIXED = """\
class CatsService {
  private readonly logger = new LOGGER(CatsService.name);

  all() { this.logger.log('all'); }
}
"""
NEW = "import { Logger } from '@nestjs/common';\n"

HEADS = {
    # what it is: (before, after, how the class writes it)
    "nothing": ("", NEW, "Logger"),
    "another module": ("import { a } from 'a';\n", f"import {{ a }} from 'a';\n{NEW}", "Logger"),
    "a trailing comment": (
        "import { a } from 'a'; // keep\n",
        f"import {{ a }} from 'a'; // keep\n{NEW}",
        "Logger",
    ),
    "double quotes": (
        'import { a } from "a";\n',
        'import { a } from "a";\nimport { Logger } from "@nestjs/common";\n',
        "Logger",
    ),
    "a list in order": (
        "import { Get, Post } from '@nestjs/common';\n",
        "import { Get, Logger, Post } from '@nestjs/common';\n",
        "Logger",
    ),
    "a list without order": (
        "import { Post, Get } from '@nestjs/common';\n",
        "import { Post, Get, Logger } from '@nestjs/common';\n",
        "Logger",
    ),
    "a list over lines": (
        "import {\n  Get,\n  // é😀\n  Post,\n} from '@nestjs/common';\n",
        "import {\n  Get,\n  // é😀\n  Logger,\n  Post,\n} from '@nestjs/common';\n",
        "Logger",
    ),
    "an empty list": ("import {} from '@nestjs/common';\n", NEW, "Logger"),
    "a bare import": ("import '@nestjs/common';\n", f"import '@nestjs/common';\n{NEW}", "Logger"),
    "a default import": (
        "import nest from '@nestjs/common';\n",
        "import nest, { Logger } from '@nestjs/common';\n",
        "Logger",
    ),
    "a namespace": (
        "import * as nest from '@nestjs/common';\n",
        "import * as nest from '@nestjs/common';\n",
        "nest.Logger",
    ),
    "an alias": (
        "import { Logger as Log } from '@nestjs/common';\n",
        "import { Logger as Log } from '@nestjs/common';\n",
        "Log",
    ),
    "only its type": ("import type { Logger } from '@nestjs/common';\n", NEW, "Logger"),
    "only its type, inline": (
        "import { type Logger, Get } from '@nestjs/common';\n",
        "import { Logger, Get } from '@nestjs/common';\n",
        "Logger",
    ),
    "only its type, among others": (
        "import type { Type, Logger } from '@nestjs/common';\n",
        f"import type {{ Type }} from '@nestjs/common';\n{NEW}",
        "Logger",
    ),
    "types of the module": (
        "import type { Type } from '@nestjs/common';\n",
        f"import type {{ Type }} from '@nestjs/common';\n{NEW}",
        "Logger",
    ),
    "something else by that name": (
        "import { Logger } from './logger';\n",
        "import { Logger as NestLogger } from '@nestjs/common';\nimport { Logger } from './logger';\n",
        "NestLogger",
    ),
    "a declaration of that name": (
        "function Logger() {}\n",
        "import { Logger as NestLogger } from '@nestjs/common';\n\nfunction Logger() {}\n",
        "NestLogger",
    ),
    "import equals": (
        "import a = require('a');\n",
        f"import a = require('a');\n{NEW}",
        "Logger",
    ),
    "a licence": ("/* Copyright */\n\n", f"/* Copyright */\n\n{NEW}", "Logger"),
    "a pragma": ("/* eslint-disable */\n", f"/* eslint-disable */\n{NEW}", "Logger"),
    "a directive": ("'use strict';\n", f"'use strict';\n{NEW}", "Logger"),
    "a hash-bang": ("#!/usr/bin/env node\n", f"#!/usr/bin/env node\n{NEW}", "Logger"),
    "a comment of the class": ("\n/** All cats. */", f"{NEW}\n/** All cats. */", "Logger"),
    "a byte order mark": ("\ufeff", f"\ufeff{NEW}", "Logger"),
}


@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_imports_are_written_as_the_file_writes_them(project, nestwise, eol):
    names = {what: f"src/{what.replace(' ', '-').replace(',', '')}.ts" for what in HEADS}
    files = {names[w]: (spaced(h[0]) + BODY).replace("\n", eol) for w, h in HEADS.items()}
    root = project(files | reached(names))
    done = nestwise("fix", "--only", "logging/no-console", root)
    assert done.returncode == 0, done.stderr
    got = {w: (root / names[w]).read_bytes().decode().replace(eol, "\n") for w in HEADS}
    want = {w: spaced(h[1]) + FIXED.replace("LOGGER", h[2]) for w, h in HEADS.items()}
    assert got == want
    assert all(b"\r\n" in (root / n).read_bytes() or eol == "\n" for n in names.values())
    assert nestwise("fix", "--only", "logging/no-console", root).stdout == "0 files changed\n"


def spaced(head: str) -> str:
    """An empty line between the imports and what follows."""
    return f"{head}\n" if ("import" in head and head.endswith(";\n")) or "keep" in head else head


def reached(names: dict[str, str]) -> dict[str, str]:
    """A Nest file that imports all of them, so that they are checked."""
    lines = "".join(f"import './{n.removeprefix('src/').removesuffix('.ts')}';\n" for n in names.values())
    module = "import { Module } from '@nestjs/common';\nLINES\n@Module({})\nexport class AppModule {}\n"
    return {"src/app.module.ts": module.replace("LINES", lines)}
