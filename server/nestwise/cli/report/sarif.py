"""SARIF 2.1.0, which code-scanning tools read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from nestwise import __version__
from nestwise.cli.report import Report, fingerprints, place_of
from nestwise.lint.rule import Rule
from nestwise.settings import Level
from nestwise.syntax.text import Span, Text

_LEVEL = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFORMATION: "note", Level.HINT: "note"}


def render(report: Report) -> str:
    rules = sorted({d.rule.id: d.rule for _, d in report.found}.items())
    index = {rule_id: position for position, (rule_id, _) in enumerate(rules)}
    results = []
    for (checked, d), fingerprint in zip(report.found, fingerprints(report), strict=True):
        result: dict[str, Any] = {
            "ruleId": d.rule.id,
            "ruleIndex": index[d.rule.id],
            "level": _LEVEL[d.level],
            "message": {"text": d.finding.message},
            "locations": [_location(checked.file.path, checked.file.text, d.finding.span)],
            "partialFingerprints": {"nestwise/v1": fingerprint},
        }
        if d.finding.related:
            result["relatedLocations"] = [
                {**_location(r.path, report.text_of(r.path), r.span), "message": {"text": r.message}}
                for r in d.finding.related
            ]
        results.append(result)
    driver = {"name": "nestwise", "version": __version__, "rules": [_rule(rule) for _, rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"SRCROOT": {"uri": report.workspace.root.as_uri() + "/"}},
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


def _location(path: str, text: Text, span: Span) -> dict[str, Any]:
    place = place_of(text, span)
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}
