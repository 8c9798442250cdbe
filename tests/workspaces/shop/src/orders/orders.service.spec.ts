import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DataSource, Repository } from 'typeorm';
import type { Order } from './order.entity';
import { OrdersService } from './orders.service';

describe('OrdersService', () => {
  it('says which order is missing', async () => {
    const orders = { findOne: async () => null } as unknown as Repository<Order>;
    const service = new OrdersService(orders, {} as DataSource);
    await assert.rejects(service.findOne('42'), /42/);
  });
});
