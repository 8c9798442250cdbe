import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProductsService } from '@shop/catalogue/products.service';
import { QuoteDto } from './dto/quote.dto';

const HOME = 'FR';
const NEIGHBOURS = ['BE', 'DE', 'ES', 'IT', 'LU'];

@ApiTags('orders')
@Controller('quotes')
export class QuotesController {
  constructor(private readonly products: ProductsService) {}

  @Post()
  async quote(@Body() dto: QuoteDto) {
    let total = 0;
    let weight = 0;
    for (const line of dto.lines) {
      const product = await this.products.findBySlug(line.productId);
      total += Number(product.price) * line.quantity;
      weight += product.tags.includes('heavy') ? 10 * line.quantity : line.quantity;
    }
    if (dto.coupon === 'BIENVENUE' && total > 50) {
      total -= 5;
    } else if (dto.coupon === 'NOËL' || dto.loyaltyCard) {
      total *= 0.9;
    }
    let shipping = dto.country === HOME ? 4.9 : 14.9;
    if (NEIGHBOURS.includes(dto.country)) {
      shipping = weight > 20 ? 12.9 : 9.9;
    }
    if (dto.express) {
      shipping *= 2;
    }
    return { total: total.toFixed(2), shipping: shipping.toFixed(2) };
  }

  @Post('delivery')
  delivery(@Body() dto: QuoteDto) {
    let days = dto.express ? 1 : 3;
    if (dto.country !== HOME) {
      days += NEIGHBOURS.includes(dto.country) ? 1 : 4;
    }
    if (dto.lines.some((line) => line.quantity > 10) || dto.lines.length > 20) {
      days += 1;
    }
    for (const line of dto.lines) {
      if (line.engraving) {
        days += 2;
      }
    }
    return { days };
  }
}
