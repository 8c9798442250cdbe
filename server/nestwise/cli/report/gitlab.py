"""GitLab's Code Quality report."""

from __future__ import annotations

import json
from hashlib import blake2b

from nestwise.cli.report import Report, fingerprints

_SEVERITY = {"error": "major", "warning": "minor", "information": "info", "hint": "info"}


def render(report: Report) -> str:
    out = [
        {
            "description": found.message,
            "check_name": found.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITY[found.level],
            "location": {
                "path": report.shown(found.path),
                "lines": {"begin": found.place.line},
            },
        }
        for found, fingerprint in zip(report.found, fingerprints(report), strict=True)
    ]
    out += [
        {
            "description": f"problem: {message}",
            "check_name": "nestwise",
            "fingerprint": blake2b(f"{path}\0{message}".encode(), digest_size=16).hexdigest(),
            "severity": "major",
            "location": {"path": report.shown(path), "lines": {"begin": 1}},
        }
        for path, message in report.errors
    ]
    return json.dumps(out, ensure_ascii=False, indent=2) + "\n"
