import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface Turnover {
  month: string;
  total: string;
}

@Injectable()
export class ReportsService {
  constructor(private readonly dataSource: DataSource) {}

  turnover(year: number): Promise<Turnover[]> {
    return this.dataSource.query(
      `SELECT to_char(created_at, 'YYYY-MM') AS month, sum(total) AS total
       FROM orders WHERE extract(year FROM created_at) = $1 GROUP BY 1 ORDER BY 1`,
      [year],
    );
  }
}
