import { ConflictException, Inject, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Logger } from 'pino';
import { DataSource, Repository } from 'typeorm';
import { LOG } from '../common/log';
import { Invoice } from './invoice.entity';

@Injectable()
export class BillingService {
  constructor(
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
    private readonly database: DataSource,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async get(id: number): Promise<Invoice> {
    const invoice = await this.invoices.findOneBy({ id });
    if (!invoice) throw new NotFoundException({ code: 'INVOICE_NOT_FOUND' });
    return invoice;
  }

  /* remboursé 😀 */ async refund(id: number): Promise<void> {
    const invoice = await this.get(id);
    if (!invoice.paid) throw new ConflictException({ code: 'NOT_PAID' });
    await this.database.transaction(async (manager) => {
      await manager.update(Invoice, id, { paid: false });
    });
  }

  async pay(id: number): Promise<void> {
    const invoice = await this.get(id);
    if (invoice.paid) throw new ConflictException({ code: 'PAID_ALREADY' });
    await this.invoices.update(id, { paid: true });
    this.log.info({ id }, 'paid');
  }
}
