import { Injectable, Logger, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsOrder, ILike, Repository } from 'typeorm';
import type { CreateProductDto, SearchProductsDto, UpdateProductDto } from './dto';
import { Product } from './product.entity';

@Injectable()
export class ProductsService {
  private readonly logger = new Logger(ProductsService.name);

  constructor(@InjectRepository(Product) private readonly products: Repository<Product>) {}

  async search({ q, sort, page, limit }: SearchProductsDto): Promise<{ items: Product[]; total: number }> {
    const [items, total] = await this.products.findAndCount({
      where: q ? { name: ILike(`%${q}%`) } : {},
      order: orderOf(sort),
      skip: (page - 1) * limit,
      take: limit,
    });
    return { items, total };
  }

  async findBySlug(slug: string): Promise<Product> {
    const product = await this.products.findOne({ where: { slug }, relations: { category: true } });
    if (!product) {
      throw new NotFoundException(`There is no product ${slug}`);
    }
    return product;
  }

  create({ categoryId, price, ...dto }: CreateProductDto): Promise<Product> {
    this.logger.log(`Création de ${dto.slug}`);
    return this.products.save({ ...dto, price: price.toFixed(2), category: { id: categoryId } });
  }

  async update(id: string, { categoryId, price, ...dto }: UpdateProductDto): Promise<void> {
    await this.products.update(id, {
      ...dto,
      ...(price !== undefined && { price: price.toFixed(2) }),
      ...(categoryId && { category: { id: categoryId } }),
    });
  }

  async remove(id: string): Promise<void> {
    await this.products.delete(id);
  }
}

function orderOf(sort = 'name'): FindOptionsOrder<Product> {
  const direction = sort.startsWith('-') ? 'DESC' : 'ASC';
  return { [sort.replace(/^-/, '')]: direction };
}
