import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger, NotFoundException } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { OrderStatus } from '@shop/orders/order.entity';
import { OrdersService } from '@shop/orders/orders.service';
import type { PayDto } from './dto/pay.dto';
import { Payment } from './payment.entity';

@Injectable()
export class PaymentsService {
  private readonly logger = new Logger(PaymentsService.name);

  constructor(
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    private readonly orders: OrdersService,
    private readonly config: ConfigService,
  ) {}

  async pay(dto: PayDto): Promise<Payment> {
    const { card } = dto;
    this.logger.log(`paiement n° ${dto.orderId} 💳 ${card.cardNumber}`);
    const order = await this.orders.findOne(dto.orderId);
    const payment = await this.payments.save({
      order: { id: order.id },
      reference: `${order.id}-${Date.now()}`,
      amount: order.total,
    });
    this.logger.log({ message: 'payment begun', paymentId: payment.id, cardNumberLength: card.cardNumber.length });
    return payment;
  }

  isFromProvider(payload: Buffer, signature: string): boolean {
    const secret = this.config.getOrThrow<string>('PAYMENTS_WEBHOOK_SECRET');
    const expected = createHmac('sha256', secret).update(payload).digest();
    const given = Buffer.from(signature, 'hex');
    const genuine = given.length === expected.length && timingSafeEqual(given, expected);
    if (!genuine) {
      this.logger.error('A webhook was not signed with', secret);
    }
    return genuine;
  }

  async captured(reference: string): Promise<void> {
    const payment = await this.payments.findOne({ where: { reference }, relations: { order: true } });
    if (!payment) {
      throw new NotFoundException(`There is no payment ${reference}`);
    }
    payment.capturedAt = new Date();
    await this.payments.save(payment);
    await this.orders.setStatus(payment.order.id, OrderStatus.Paid);
  }
}
