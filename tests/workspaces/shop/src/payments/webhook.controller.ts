import {
  BadRequestException,
  Body,
  Controller,
  Headers,
  HttpCode,
  Post,
  RawBodyRequest,
  Req,
  UnauthorizedException,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { PaymentsService } from './payments.service';

interface ProviderEvent {
  type: string;
  data: { reference: string };
}

/** Called by the payment provider, which signs the raw body. */
@ApiExcludeController()
@Controller('webhooks/payments')
export class WebhookController {
  constructor(private readonly payments: PaymentsService) {}

  @Post()
  @HttpCode(200)
  async receive(
    @Headers('x-signature') signature: string,
    @Req() request: RawBodyRequest<Request>,
    @Body() event: unknown,
  ): Promise<void> {
    if (!request.rawBody || !this.payments.isFromProvider(request.rawBody, signature)) {
      throw new UnauthorizedException();
    }
    if (!isProviderEvent(event)) {
      throw new BadRequestException('This is no event of the provider');
    }
    if (event.type === 'payment.captured') {
      await this.payments.captured(event.data.reference);
    }
  }
}

function isProviderEvent(event: unknown): event is ProviderEvent {
  return typeof event === 'object' && event !== null && 'type' in event && 'data' in event;
}
