"""A NestJS project that has one finding, as users have one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "editors"))
from obtain import ROOT

MANIFEST = json.dumps({"name": "cats", "dependencies": {"@nestjs/common": "^11.0.0"}})
SERVICE = """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class CatsService {
  /* é😀 */ feed() { console.log('fed'); }
}
"""
CLEAN = """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class DogsService {}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app é"
    (root / "src").mkdir(parents=True)
    (root / "package.json").write_text(MANIFEST)
    (root / "src/cats.service.ts").write_text(SERVICE, "utf-8")
    (root / "src/dogs.service.ts").write_text(CLEAN, "utf-8")
    return root


@pytest.fixture(scope="session")
def checkout(tmp_path_factory) -> Path:
    """This checkout as it is now, as a repository of its own with one commit."""
    folder = tmp_path_factory.mktemp("checkout") / "nestwise"
    listed = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    """Make a repository of a folder, or add to it; the commit."""

    def git(*args: str) -> str:
        told = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *told, "-C", folder, *args], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", "all")
    return git("rev-parse", "HEAD")
