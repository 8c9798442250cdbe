import { Body, Controller, Delete, Get, Param, Post, UseGuards, Version } from '@nestjs/common';
import { SessionGuard } from '@acme/shared';
import { Database } from '../database/database';
import { AccountDto } from './accounts.dto';
import { AccountsService } from './accounts.service';

@Controller('accounts')
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly database: Database,
  ) {}

  @Get()
  @UseGuards(SessionGuard)
  list(): Promise<unknown> {
    return this.accounts.list();
  }

  @Get('count')
  @Version('2')
  @UseGuards(SessionGuard)
  count(): Promise<unknown> {
    return this.database.query('SELECT count(*) FROM accounts');
  }

  @Post()
  @UseGuards(SessionGuard)
  open(@Body() dto: AccountDto): Promise<void> {
    return this.accounts.open(dto);
  }

  @Delete(':id')
  close(@Param('id') id: string): Promise<void> {
    return this.accounts.close(id);
  }
}
