import { Body, Controller, Get, HttpCode, Inject, Param, ParseIntPipe, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Response } from 'express';
import { DataSource } from 'typeorm';
import { Auth, Role } from '@common';
import { ReportingDatabase } from './reporting-database';
import { ReportsService, type Turnover } from './reports.service';

@ApiTags('reports')
@Controller('reports')
@Auth(Role.Admin)
export class ReportsController {
  @Inject(ReportingDatabase)
  private readonly replica!: ReportingDatabase;

  constructor(
    private readonly reports: ReportsService,
    @InjectDataSource() private readonly db: DataSource,
  ) {}

  @Get('turnover/:year')
  turnover(@Param('year', ParseIntPipe) year: number): Promise<Turnover[]> {
    return this.reports.turnover(year);
  }

  @Get('turnover/:year/export.csv')
  async export(@Param('year', ParseIntPipe) year: number, @Res() response: Response): Promise<void> {
    const rows = await this.reports.turnover(year);
    response.type('text/csv').send(rows.map((row) => `${row.month};${row.total}`).join('\n'));
  }

  @Get('turnover/:year/summary')
  async summary(@Param('year', ParseIntPipe) year: number, @Res() response: Response) {
    const rows = await this.reports.turnover(year);
    response.status(rows.length > 0 ? 200 : 404);
    const summary = { année: year, '😀': rows.length }; return summary;
  }

  @Get('lag')
  async lag(): Promise<unknown> {
    const [main, replica] = await Promise.all([this.db.query('SELECT now()'), this.replica.query('SELECT now()')]);
    return { main, replica };
  }

  @Post('import')
  @HttpCode(200)
  import(@Body() rows: Array<Record<string, string>>) {
    const months = new Map<string, number>();
    let first = '';
    let last = '';
    let skipped = 0;
    let sum = 0;
    let best = 0;
    let worst = Number.MAX_VALUE;
    for (const row of rows) {
      const total = this.amountOf(row);
      const month = row.month ?? '';
      months.set(month, total);
      sum += total;
      best = Math.max(best, total);
      worst = Math.min(worst, total);
      first ||= month;
      last = month;
      skipped += Number.isNaN(total) ? 1 : 0;
    }
    const mean = sum / rows.length;
    const spread = best - worst;
    const span = `${first} – ${last}`;
    const share = skipped / rows.length;
    const quality = this.qualityOf(share);
    return { mean, spread, span, share, quality, months: months.size };
  }

  private amountOf(row: Record<string, string>): number {
    const text = row.total ?? '0';
    const clean = text.replace(',', '.');
    return Number(clean);
  }

  private qualityOf(share: number): string {
    if (share > 0.2) {
      return 'unusable';
    }
    return share > 0.05 ? 'poor' : 'good';
  }
}
