import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Auth } from '@common';
import { type PayDto } from './dto/pay.dto';
import { PaymentsService } from './payments.service';

@ApiTags('payments')
@Controller('payments')
@Auth()
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  @Post()
  pay(@Body() dto: PayDto) {
    return this.payments.pay(dto);
  }

  @Get('return')
  back(@Query() query: Record<string, string>, @Res() response: Response): void {
    if (query.status === 'cancelled') {
      return;
    }
    response.redirect(query.status === 'ok' ? '/merci' : '/réessayer');
  }

  @Post('confirm')
  async confirm(@Body() body: any, @Res({ passthrough: true }) response: Response) {
    await this.payments.captured(body.reference);
    response.status(204);
  }
}
