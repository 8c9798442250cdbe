import { Body, Controller, Delete, Get, HttpCode, Param, ParseArrayPipe, ParseUUIDPipe, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ApiPaginated, Auth, Role } from '@common';
import { Category } from './category.entity';
import { CreateProductDto, SearchProductsDto, UpdateProductDto } from './dto';
import { Product } from './product.entity';
import { ProductsService } from './products.service';

@ApiTags('catalogue')
@Controller('products')
export class ProductsController {
  constructor(
    private readonly products: ProductsService,
    @InjectRepository(Category) private readonly categories: Repository<Category>,
  ) {}

  @Get()
  @ApiPaginated(Product)
  search(@Query() query: SearchProductsDto) {
    return this.products.search(query);
  }

  @Get('categories')
  listCategories(): Promise<Category[]> {
    return this.categories.find({ order: { name: 'ASC' } });
  }

  @Get(':slug')
  findOne(@Param('slug') slug: string): Promise<Product> {
    return this.products.findBySlug(slug);
  }

  @Post()
  @Auth(Role.Admin)
  create(@Body() dto: CreateProductDto): Promise<Product> {
    return this.products.create(dto);
  }

  @Patch(':id')
  @Auth(Role.Admin)
  @HttpCode(204)
  update(@Param('id', ParseUUIDPipe) id: string, @Body() dto: UpdateProductDto): Promise<void> {
    return this.products.update(id, dto);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.products.remove(id);
  }

  @Post('bulk')
  @Auth(Role.Admin)
  createMany(@Body() dtos: CreateProductDto[]): Promise<Product[]> {
    return Promise.all(dtos.map((dto) => this.products.create(dto)));
  }

  @Post('bulk/checked')
  @Auth(Role.Admin)
  createChecked(
    @Body(new ParseArrayPipe({ items: CreateProductDto, whitelist: true })) dtos: CreateProductDto[],
  ): Promise<Product[]> {
    return Promise.all(dtos.map((dto) => this.products.create(dto)));
  }
}
