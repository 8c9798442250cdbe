import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Product } from '@shop/catalogue/product.entity';
import type { StockFeedDto } from './dto/stock-feed.dto';
import type { Sku } from './parse-sku.pipe';

@Injectable()
export class PartnersService {
  private readonly logger = new Logger(PartnersService.name);

  constructor(@InjectRepository(Product) private readonly products: Repository<Product>) {}

  async updateStock({ levels }: StockFeedDto): Promise<void> {
    await Promise.all(levels.map(({ slug, stock }) => this.products.update({ slug }, { stock })));
    levels.forEach((level) => console.debug('stock', level.slug));
    this.logger.log(`${levels.length} stock levels`);
  }

  withdraw(sku: Sku): void {
    this.logger.warn(`${sku.maker} withdraws ${sku.item}`);
  }
}
