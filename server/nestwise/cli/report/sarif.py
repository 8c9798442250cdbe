"""SARIF 2.1.0, which code-scanning tools read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nestwise import __version__
from nestwise.cli.outcome import Place
from nestwise.cli.report import Report, fingerprints
from nestwise.lint.registry import load_rules
from nestwise.lint.rule import Rule

_LEVEL = {"error": "error", "warning": "warning", "information": "note", "hint": "note"}


def render(report: Report) -> str:
    rules = sorted({found.rule for found in report.found})
    index = {rule: position for position, rule in enumerate(rules)}
    known = load_rules()
    results = []
    for found, fingerprint in zip(report.found, fingerprints(report), strict=True):
        result: dict[str, Any] = {
            "ruleId": found.rule,
            "ruleIndex": index[found.rule],
            "level": _LEVEL[found.level],
            "message": {"text": found.message},
            "locations": [_location(found.path, found.place)],
            "partialFingerprints": {"nestwise/v1": fingerprint},
        }
        if found.related:
            result["relatedLocations"] = [
                {**_location(near.path, near.place), "message": {"text": near.message}}
                for near in found.related
            ]
        results.append(result)
    driver = {"name": "nestwise", "version": __version__, "rules": [_rule(known[rule]) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"SRCROOT": {"uri": Path(report.outcome.root).as_uri() + "/"}},
        "invocations": [
            {
                "executionSuccessful": not report.errors,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": message},
                        "locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}],
                    }
                    for path, message in report.errors
                ],
            }
        ],
        "results": results,
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    out = {"$schema": schema, "version": "2.1.0", "runs": [run]}
    return json.dumps(out, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.doc, "markdown": rule.doc},
        "defaultConfiguration": {"level": _LEVEL[rule.level]},
    }


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path), "uriBaseId": "SRCROOT"}


def _location(path: str, place: Place) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}
