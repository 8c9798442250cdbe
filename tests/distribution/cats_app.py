"""A NestJS project that has one finding, and repositories of Git."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

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
