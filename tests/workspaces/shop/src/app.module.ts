import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { ConfigModule, ConfigType } from '@nestjs/config';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RequestIdMiddleware, RequestLoggingInterceptor } from '@common';
import { AuthModule } from '@shop/auth/auth.module';
import { CartsModule } from '@shop/carts/carts.module';
import { CatalogueModule } from '@shop/catalogue/catalogue.module';
import { authConfig, databaseConfig, validateEnvironment } from '@shop/config';
import { HealthModule } from '@shop/health/health.module';
import { OrdersModule } from '@shop/orders/orders.module';
import { PartnersModule } from '@shop/partners/partners.module';
import { PaymentsModule } from '@shop/payments/payments.module';
import { ReportsModule } from '@shop/reports/reports.module';
import { UsersModule } from '@shop/users/users.module';

@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      load: [authConfig, databaseConfig],
      validate: validateEnvironment,
    }),
    TypeOrmModule.forRootAsync({
      inject: [databaseConfig.KEY],
      useFactory: (config: ConfigType<typeof databaseConfig>) => ({
        ...config,
        autoLoadEntities: true,
        synchronize: false,
      }),
    }),
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 120 }]),
    AuthModule,
    UsersModule,
    CatalogueModule,
    CartsModule,
    OrdersModule,
    PaymentsModule,
    PartnersModule,
    ReportsModule,
    HealthModule,
  ],
  providers: [{ provide: APP_INTERCEPTOR, useClass: RequestLoggingInterceptor }],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestIdMiddleware).forRoutes('{*path}');
  }
}
