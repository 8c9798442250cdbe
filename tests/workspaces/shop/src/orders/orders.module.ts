import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogueModule } from '@shop/catalogue/catalogue.module';
import { GiftsController } from './gifts.controller';
import { Order } from './order.entity';
import { OrderLine } from './order-line.entity';
import { OrdersController } from './orders.controller';
import { OrdersService } from './orders.service';
import { QuotesController } from './quotes.controller';

@Module({
  imports: [TypeOrmModule.forFeature([Order, OrderLine]), CatalogueModule],
  controllers: [OrdersController, QuotesController, GiftsController],
  providers: [OrdersService],
  exports: [OrdersService],
})
export class OrdersModule {}
