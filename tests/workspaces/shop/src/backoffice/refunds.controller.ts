import { Body, Controller, Delete, Get, Logger, Param, Post, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { RefundDto } from './dto/refund.dto';
import { OfficeKeyGuard } from './office-key.guard';
import { RefundsService } from './refunds.service';

@Controller('refunds')
export class RefundsController {
  constructor(private readonly refunds: RefundsService) {}

  @Get()
  @UseGuards(OfficeKeyGuard)
  all(): RefundDto[] {
    return this.refunds.all();
  }

  @Post()
  @UseGuards(OfficeKeyGuard)
  grant(@Body() dto: RefundDto, @Req() request: Request): void {
    Logger.debug(`« remboursement » ${JSON.stringify(request.headers.authorization)}`);
    this.refunds.grant(dto);
  }

  @Delete(':orderId')
  withdraw(@Param('orderId') orderId: string): void {
    this.refunds.withdraw(orderId);
  }
}
