"""Write a NestJS workspace of a given number of files: always the same ones for the same seed.

    python -m tests.benchmarks.generate FOLDER FILES [--seed N]

Sizes follow real back ends: half of the files have about 30 lines, one in twenty has 290, and one
controller has 1,000. Every module has what modules have: DTOs with nested and mapped types, an
entity, a service, a guarded controller, a spec; and now and then something worth a finding.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.feature import module
from tests.benchmarks.shared import MAIN, app_module, big_controller, common

BIG = "src/catalog/catalog.controller.ts"
"""The controller of 1,000 lines."""
_NOUNS = (
    "account address agent asset audit batch booking branch budget campaign card cart channel claim "
    "comment company contact contract coupon course customer delivery deposit device discount document "
    "employee event expense export feature feedback file gift goal grant holiday import incident invoice "
    "item job label ledger lesson licence listing location loan member menu message milestone note offer "
    "office order owner package partner patient payment permit plan player policy post price product "
    "profile project quote rating receipt refund region report request reservation review reward room "
    "schedule season seat segment session shipment shop site slot stock store student survey table tag "
    "task team template tenant ticket token topic tour track trip unit upload vehicle vendor venue visit "
    "voucher wallet warehouse worker"
).split()
_SUFFIXES = ("", "archive", "import", "template", "history", "rule", "draft", "group", "link", "target")


def write(folder: Path, files: int, seed: int = 1) -> int:
    """Write exactly `files` TypeScript files (12 or more) below `folder`; returns their bytes."""
    size = 0
    for path, text in workspace(files, seed).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        size += len(text.encode()) if path.endswith(".ts") else 0
    return size


def workspace(files: int, seed: int = 1) -> dict[str, str]:
    """The files of a workspace by path, manifests included (those are not counted)."""
    if files < 12:
        raise ValueError("a workspace has at least 12 files")
    sources = dict(common())
    sources[BIG] = big_controller(1000)
    names = _names()
    modules: list[str] = []
    while len(sources) < files - 2:
        name = next(names)
        modules.append(name)
        room = files - 2 - len(sources)
        made = module(name, modules[max(0, len(modules) - 40) : -1], random.Random(f"{seed} {name}"))
        sources.update(list(made.items())[:room])
    placed = [m for m in modules if f"src/{m}/{m}.module.ts" in sources]
    sources["src/app.module.ts"] = app_module(placed)
    sources["src/main.ts"] = MAIN
    return {**_manifests(), **sources}


def _names() -> Iterator[str]:
    for suffix in _SUFFIXES:
        for noun in _NOUNS:
            yield f"{noun}-{suffix}" if suffix else noun
    raise ValueError("too many files: there are no more names for modules")


def _manifests() -> dict[str, str]:
    nest = ("common", "core", "platform-express", "swagger", "typeorm", "mapped-types", "testing", "jwt")
    depends = dict.fromkeys([f"@nestjs/{n}" for n in nest], "^11.0.0")
    depends |= {
        "class-validator": "^0.14.0",
        "class-transformer": "^0.5.1",
        "typeorm": "^0.3.20",
        "rxjs": "^7.8.0",
    }
    options = {"target": "ES2022", "module": "commonjs", "strict": True, "experimentalDecorators": True,
               "emitDecoratorMetadata": True, "baseUrl": ".", "paths": {"@app/*": ["src/*"]}}  # fmt: skip
    return {
        "package.json": json.dumps({"name": "bench", "private": True, "dependencies": depends}, indent=2),
        "tsconfig.json": json.dumps({"compilerOptions": options, "include": ["src"]}, indent=2),
        "nest-cli.json": json.dumps({"sourceRoot": "src"}),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=int)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    size = write(args.folder, args.files, args.seed)
    print(f"{args.files} files, {size / 1e6:.1f} MB in {args.folder}")


if __name__ == "__main__":
    main()
