import { Injectable } from '@nestjs/common';
import type { RefundDto } from './dto/refund.dto';

@Injectable()
export class RefundsService {
  private readonly refunds = new Map<string, RefundDto>();

  grant(refund: RefundDto): void {
    this.refunds.set(refund.orderId, refund);
  }

  withdraw(orderId: string): void {
    this.refunds.delete(orderId);
  }

  all(): RefundDto[] {
    return [...this.refunds.values()];
  }
}
