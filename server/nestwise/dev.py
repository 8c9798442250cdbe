"""For people who write rules: `python -m nestwise.dev new | update | docs | compare | known`.

    new FAMILY/NAME       write a rule and its page, with a case that fails until the rule finds it
    update FAMILY/NAME    write what the rule finds now into its page and its extra cases: read the diff
    docs [--check]        write every generated file; with --check only say which are stale (exit code 1)
    compare DIR           compare our syntax trees with the TypeScript compiler's (needs Node), file by file
    known DIR [--all]     how much the model knows of a workspace, and the causes of what it does not

Everything generated is generated here, and a test runs `docs --check`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nestwise.dev_compare import SAME, report
from nestwise.dev_precision import precision
from nestwise.lint.registry import load_rules
from nestwise.lint.rule import Rule
from nestwise.settings import Given, adapter
from nestwise.testing import updated

ROOT = Path(__file__).parents[2]

_RULE = """\
from collections.abc import Iterator

from nestwise.api import Class, Finding, rule


@rule(level="warning", since="next")
def {name}(cls: Class) -> Iterator[Finding]:
    if cls.name == "Wrong":  # say what is wrong
        yield Finding(cls.name_at.span, f"`{{cls.name}}` ...")
"""
_PAGE = """\
# {id}

One sentence that says what holds in good code.

## Why

What goes wrong at run time otherwise, and when.

## Bad

```ts
/* é😀 */ export class CatsService {{}}
                      ~~~~~~~~~~~ `CatsService` ...
```

## Good

```ts
export class DogsService {{}}
```
"""


def new(rule_id: str) -> int:
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*/[a-z]+(-[a-z]+)*", rule_id):
        print(f"{rule_id}: an id is family/name, in lower case with dashes", file=sys.stderr)
        return 2
    family, _, name = rule_id.replace("-", "_").partition("/")
    folder = ROOT / "rules/nestwise_rules" / family
    files = {folder / f"{name}.py": _RULE.format(name=name), folder / f"{name}.md": _PAGE.format(id=rule_id)}
    if taken := [path for path in files if path.exists()]:
        print(f"{taken[0].relative_to(ROOT)} is there already; nothing was written", file=sys.stderr)
        return 2
    folder.mkdir(exist_ok=True)
    if not (folder / "__init__.py").exists():
        (folder / "__init__.py").write_text('"""Say what this family is about."""\n', "utf-8")
    for path, content in files.items():
        path.write_text(content, "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    print(f"now make its case pass: .venv/bin/pytest -k {rule_id}")
    return 0


def update(rule_id: str) -> int:
    rule = load_rules().get(rule_id)
    if rule is None:
        print(f"there is no rule {rule_id}", file=sys.stderr)
        return 2
    for page in (rule.page, ROOT / "tests/rules" / f"{rule_id}.md"):
        if page.exists():
            before = page.read_text("utf-8")
            after = updated(rule, before)
            page.write_text(after, "utf-8")
            print(f"{'unchanged' if before == after else 'updated'} {page.relative_to(ROOT)}")
    return 0


def docs(check: bool) -> int:
    generated = _generated()
    stale = [p for p, text in generated.items() if not p.exists() or p.read_text("utf-8") != text]
    for path in stale:
        print(("stale " if check else "wrote ") + str(path.relative_to(ROOT)))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated[path], "utf-8")
    return int(check and bool(stale))


def _generated() -> dict[Path, str]:
    rules = load_rules().values()
    return {
        ROOT / "README.md": _transcripts((ROOT / "README.md").read_text("utf-8")),
        ROOT / "rules/README.md": _table(rules),
        ROOT / "rules/PRECISION.md": precision(rules, ROOT / "rules/precision"),
        ROOT / "server/nestwise/nestwise.schema.json": json.dumps(schema(rules), indent=2) + "\n",
        **_versions(),
    }


_VERSION = {
    "server/nestwise/__init__.py": r'(?<=^__version__ = ")[^"]+',
    "client-npm/package.json": r'(?<=^  "version": ")[^"]+',
    "client-vscode/package.json": r'(?<=^  "version": ")[^"]+',
    "ci/nestwise.gitlab-ci.yml": r'(?<=NESTWISE_VERSION: ")[^"]+',
}
"""Where the version stands that pyproject.toml sets."""


def _versions() -> dict[Path, str]:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    pages = {ROOT / name: pattern for name, pattern in _VERSION.items() if (ROOT / name).exists()}
    return {
        page: re.sub(pattern, version, page.read_text("utf-8"), count=1, flags=re.M)
        for page, pattern in pages.items()
    }


_TRANSCRIPT = re.compile(r"(?<=```console\n)\$ nestwise (.*)\n(?:.*\n)*?(?=```)")
_SECONDS = re.compile(r"\d+\.\d+ s\.")


def _transcripts(page: str) -> str:
    """The page with what its commands print now. How long they took is left as it was."""

    def run(found: re.Match[str]) -> str:
        command = [sys.executable, "-m", "nestwise", *found[1].split()]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, encoding="utf-8"
        )
        took = _SECONDS.search(found[0])
        out = _SECONDS.sub(took[0], done.stdout) if took else done.stdout
        return f"$ nestwise {found[1]}\n{out}{done.stderr}"

    return _TRANSCRIPT.sub(run, page)


def _table(rules: Iterable[Rule]) -> str:
    head = [
        "# Rules",
        "",
        "<!-- Generated by `python -m nestwise.dev docs`. -->",
        "",
        "Each page says why, shows bad and good code with every fix, and is run as a test.",
        "",
        "| rule | level | preset | fix | what holds |",
        "|---|---|---|---|---|",
    ]
    rows = [
        f"| [{r.id}]({Path(os.path.relpath(r.page, ROOT / 'rules')).as_posix()}) | {r.level} "
        f"| {'strict' if r.strict else 'recommended'} | {'yes' if r.fixes else ''} | {r.summary} |"
        for r in rules
    ]
    return "\n".join([*head, *rows, ""])


def schema(rules: Iterable[Rule]) -> dict[str, Any]:
    """The JSON schema of `nestwise.json`, from the settings and the options of all rules."""
    out = adapter(Given).json_schema()
    out["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    out["title"] = "nestwise.json"
    out["properties"]["$schema"] = {"type": "string"}
    level = {"$ref": "#/$defs/Level"}
    by_id = {}
    for rule in rules:
        options = adapter(rule.needs.options).json_schema()
        pair = {"type": "array", "prefixItems": [level, options], "minItems": 2, "maxItems": 2}
        by_id[rule.id] = {"description": rule.summary, "anyOf": [level, pair]}
    description = out["properties"]["rules"].get("description", "")
    out["properties"]["rules"] = {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "properties": by_id,
    }
    return out


def compare(folder: Path) -> int:
    try:
        for line in report(folder):
            print(line)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    return int(line != SAME)


def known(folder: Path, everything: bool) -> int:
    from nestwise import dev_known

    for line in dev_known.report(folder, everything=everything):
        print(line)
    return 0


def main(argv: list[str]) -> int:
    if not (ROOT / "rules/nestwise_rules").is_dir():
        print(f"{ROOT} is no checkout of nestwise: clone the repository first", file=sys.stderr)
        return 2
    match argv:
        case ["new", rule_id]:
            return new(rule_id)
        case ["update", *rule_ids]:
            return max((update(r) for r in rule_ids or load_rules()), default=0)
        case ["docs", *flags] if set(flags) <= {"--check"}:
            return docs("--check" in flags)
        case ["compare", folder] if Path(folder).is_dir():
            return compare(Path(folder))
        case ["known", folder, *flags] if Path(folder).is_dir() and set(flags) <= {"--all"}:
            return known(Path(folder), "--all" in flags)
        case ["compare" | "known", folder, *_]:
            print(f"{folder}: there is no such folder", file=sys.stderr)
            return 2
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
