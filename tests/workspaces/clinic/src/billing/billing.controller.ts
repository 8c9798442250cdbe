import { Body, Controller, Get, Param, ParseIntPipe, Post } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { DataSource } from 'typeorm';
import { BillingService } from './billing.service';
import { Invoice } from './invoice.entity';

export class SplitDto {
  @ApiProperty()
  @IsInt()
  @Min(1)
  @Max(12)
  parts: number;
}

@Controller('invoices')
export class BillingController {
  constructor(
    private readonly billing: BillingService,
    private readonly database: DataSource,
  ) {}

  @Get(':id')
  get(@Param('id', ParseIntPipe) id: number) {
    return this.billing.get(id);
  }

  @Post(':id/split')
  /* réparti 😀 */ async split(@Param('id', ParseIntPipe) id: number, @Body() dto: SplitDto) {
    const { patientId, cents } = await this.billing.get(id);
    if (cents < dto.parts) throw new Error(`Invoice ${id} is not found`);
    await this.database.transaction(async (manager) => {
      await manager.delete(Invoice, id);
      await manager.insert(Invoice, { patientId, cents: Math.ceil(cents / dto.parts) });
    });
  }

  @Post(':id/refund')
  refund(@Param('id', ParseIntPipe) id: number) {
    return this.billing.refund(id);
  }

  @Post(':id/pay')
  pay(@Param('id', ParseIntPipe) id: number) {
    return this.billing.pay(id);
  }
}
