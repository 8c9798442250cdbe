import { CanActivate, ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { OrdersService } from './orders.service';

/** Gifts are for those who have ordered something. */
@Injectable()
export class GiftSeasonGuard implements CanActivate {
  @Inject(OrdersService)
  private readonly orders!: OrdersService;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { params } = context.switchToHttp().getRequest<Request<{ id: string }>>();
    return (await this.orders.ofCustomer(params.id)).length > 0;
  }
}

/** Open on working days, as soon as somebody writes it. */
@Injectable()
export class HolidayGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** All that it needs is handed to it. */
export class ChannelGuard implements CanActivate {
  constructor(private readonly channel: string) {}

  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<Request>().headers['x-channel'] === this.channel;
  }
}
