"""What windows of VS Code are opened on; each line with a finding has é and 😀 before it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from obtain import ROOT

HERE = Path(__file__).parent
_SERVICE = """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class CatsService {
  greet(name: string) {
    /* é😀 */ console.log(name);
  }
}
"""


def project(folder: Path) -> Path:
    """The shop, and a module of it whose files the tests change, a file for each test."""
    shutil.copytree(ROOT / "tests/workspaces/shop", folder)
    shutil.copytree(HERE / "overlay", folder, dirs_exist_ok=True)
    module = folder / "src/app.module.ts"
    text = module.read_text(encoding="utf-8")
    text = text.replace("    HealthModule,\n", "    HealthModule,\n    VisitsModule,\n")
    text = text.replace(
        "\n@Module", "import { VisitsModule } from '@shop/visits/visits.module';\n\n@Module", 1
    )
    module.write_text(text, encoding="utf-8")
    return folder


def plain(folder: Path) -> Path:
    """A package that does not depend on Nest yet, though its code does."""
    manifest = {"name": "tool", "dependencies": {"express": "^5.0.0"}}
    return _written(folder, {"package.json": json.dumps(manifest, indent=2), "src/cats.service.ts": _SERVICE})


def several(folder: Path) -> Path:
    """A `.code-workspace` of small projects that use Nest, and one that does not."""
    for name in ("cats é😀", "dogs", "birds"):
        _small(folder / name)
    plain(folder / "plain")
    folders = [{"path": name} for name in ("cats é😀", "dogs", "birds", "plain")]
    workspace = folder / "several.code-workspace"
    workspace.write_text(json.dumps({"folders": folders}), encoding="utf-8")
    return workspace


def _small(folder: Path) -> None:
    manifest = {"name": "small", "dependencies": {"@nestjs/common": "^11.0.0", "@nestjs/core": "^11.0.0"}}
    _written(folder, {"package.json": json.dumps(manifest), "src/cats.service.ts": _SERVICE})


def _written(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder
