import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PartnerKeyMiddleware } from '@common';
import { Product } from '@shop/catalogue/product.entity';
import { PartnersController } from './partners.controller';
import { PartnersService } from './partners.service';

@Module({
  imports: [TypeOrmModule.forFeature([Product])],
  controllers: [PartnersController],
  providers: [PartnersService],
})
export class PartnersModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(PartnerKeyMiddleware).forRoutes(PartnersController);
  }
}
