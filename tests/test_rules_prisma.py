"""What rules say of projects with a Prisma schema, which the cases of rules cannot hold."""

from __future__ import annotations

from pathlib import Path

from nestwise.lint.registry import load_rules
from nestwise.settings import Settings
from nestwise.workspace import Workspace

SCHEMA = """
model Payment {
  id        String     @id
  donations Donation[]
}

model Donation {
  id        String  @id
  payment   Payment @relation(fields: [paymentId], references: [id])
  paymentId String
}
"""


def _found(root: Path, rule: str, files: dict[str, str]) -> list[tuple[str, str]]:
    """What a rule says: the text that it points to, and its message."""
    every = {
        "package.json": '{"dependencies": {"@nestjs/common": "11"}}',
        "prisma/schema.prisma": SCHEMA,
        **files,
    }
    for name, text in every.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    settings = Settings()
    settings.rules[rule] = load_rules()[rule].level
    workspace = Workspace(root.resolve(), settings)
    workspace.load()
    found: list[tuple[str, str]] = []
    for file in workspace.files():
        checked = workspace.check(file)
        assert not checked.failures
        for one in checked.diagnostics:
            span = one.finding.span
            found.append((file.data[span.start : span.end].decode(), one.finding.message))
    return found


def test_one_write_of_prisma_to_two_tables_is_told_of(tmp_path: Path) -> None:
    code = """
import { Injectable, Logger } from '@nestjs/common';
import { PrismaClient } from '@prisma/client';

@Injectable()
export class GiftsService {
  private readonly logger = new Logger(GiftsService.name);

  constructor(private readonly prisma: PrismaClient) {}

  async give(id: string) {
    await this.prisma.payment.create({ data: { id, donations: { create: [{ id: 'é😀' }] } } });
  }

  async told(id: string) {
    this.logger.log('é😀');
    await this.prisma.payment.create({ data: { id, donations: { create: [{ id: 'é😀' }] } } });
  }

  async one(id: string) {
    await this.prisma.payment.create({ data: { id } });
  }
}
"""
    found = _found(tmp_path, "logging/silent-critical-flow", {"src/gifts.service.ts": code})
    [(text, message)] = [one for one in found if "logs nothing" in one[1]]
    assert text == "give"
    assert message.startswith("`give` writes to `Payment` and `Donation` and logs nothing")
