import { Body, Controller, Delete, Get, Param, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Auth, Role } from '@common';
import { StockFeedDto } from './dto/stock-feed.dto';
import { ParseSkuPipe, type Sku } from './parse-sku.pipe';
import { PartnersService } from './partners.service';

/** `PartnerKeyMiddleware` lets only partners in; the module binds it. */
@ApiTags('partners')
@Controller('partners')
export class PartnersController {
  constructor(private readonly partners: PartnersService) {}

  @Get()
  @Auth(Role.Admin)
  list(@Req() request: Request): string[] {
    return Object.keys(request.query);
  }

  @Put('stock')
  updateStock(@Body() dto: StockFeedDto): Promise<void> {
    return this.partners.updateStock(dto);
  }

  @Delete('products/:sku')
  withdraw(@Param('sku', ParseSkuPipe) sku: Sku): void {
    this.partners.withdraw(sku);
  }

  @Put('products')
  replace(@Body(ParseSkuPipe) sku: unknown): void {
    this.partners.withdraw(sku as Sku);
  }
}
