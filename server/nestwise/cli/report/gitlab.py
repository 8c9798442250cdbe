"""GitLab's Code Quality report."""

from __future__ import annotations

import json
from hashlib import blake2b

from nestwise.cli.report import Report, fingerprints, place_of
from nestwise.settings import Level

_SEVERITY = {Level.ERROR: "major", Level.WARNING: "minor", Level.INFORMATION: "info", Level.HINT: "info"}


def render(report: Report) -> str:
    out = [
        {
            "description": d.finding.message,
            "check_name": d.rule.id,
            "fingerprint": fingerprint,
            "severity": _SEVERITY[d.level],
            "location": {
                "path": report.shown(checked.file.path),
                "lines": {"begin": place_of(checked.file.text, d.finding.span).line},
            },
        }
        for (checked, d), fingerprint in zip(report.found, fingerprints(report), strict=True)
    ]
    out += [
        {
            "description": f"not checked: {message}",
            "check_name": "nestwise",
            "fingerprint": blake2b(f"{path}\0{message}".encode(), digest_size=16).hexdigest(),
            "severity": "major",
            "location": {"path": report.shown(path), "lines": {"begin": 1}},
        }
        for path, message in report.errors
    ]
    return json.dumps(out, ensure_ascii=False, indent=2) + "\n"
