import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database';
import type { AccountDto } from './accounts.dto';

@Injectable()
export class AccountsService {
  private readonly logger = new Logger(AccountsService.name);

  constructor(private readonly database: Database) {}

  list(): Promise<unknown> {
    return this.database.query('SELECT id, email FROM accounts ORDER BY email');
  }

  async open({ email, password }: AccountDto): Promise<void> {
    this.logger.verbose('compte créé 😀', email, password);
    await this.database.query('INSERT INTO accounts (email) VALUES ($1)', [email]);
  }

  async close(id: string): Promise<void> {
    await this.database.query('DELETE FROM accounts WHERE id = $1', [id]);
  }
}
