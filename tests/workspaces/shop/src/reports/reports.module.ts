import { Module } from '@nestjs/common';
import { ConfigType } from '@nestjs/config';
import { databaseConfig } from '@shop/config';
import { ReportingDatabase } from './reporting-database';
import { ReportsController } from './reports.controller';
import { ReportsService } from './reports.service';

@Module({
  controllers: [ReportsController],
  providers: [
    ReportsService,
    {
      provide: ReportingDatabase,
      inject: [databaseConfig.KEY],
      useFactory: (config: ConfigType<typeof databaseConfig>) => new ReportingDatabase(config).initialize(),
    },
  ],
})
export class ReportsModule {}
