import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessController } from './access/access.controller';
import { AccessService } from './access/access.service';
import { SessionGuard } from './access/session.guard';
import { Staff } from './access/staff.entity';
import { BillingController } from './billing/billing.controller';
import { BillingService } from './billing/billing.service';
import { Invoice } from './billing/invoice.entity';
import { LanguageMiddleware, NoStoreMiddleware } from './common/headers.middleware';
import { LogModule } from './common/log';
import { LabController } from './lab/lab.controller';
import { LabService } from './lab/lab.service';
import { Patient } from './patients/patient.entity';
import { PatientsController } from './patients/patients.controller';
import { PatientsRepository } from './patients/patients.repository';
import { PatientsService } from './patients/patients.service';
import { RemindersService } from './visits/reminders.service';
import { Visit } from './visits/visit.entity';
import { ArchiveController, VisitsController } from './visits/visits.controller';
import { VisitsService } from './visits/visits.service';
import { WaitingRoomGateway } from './visits/waiting-room.gateway';

@Module({
  imports: [
    LogModule,
    JwtModule.register({ secret: process.env.SESSION_SECRET }),
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 20 }]),
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, autoLoadEntities: true }),
    TypeOrmModule.forFeature([Invoice, Patient, Staff, Visit]),
  ],
  controllers: [
    AccessController,
    ArchiveController,
    BillingController,
    LabController,
    PatientsController,
    VisitsController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: SessionGuard },
    AccessService,
    BillingService,
    LabService,
    PatientsRepository,
    PatientsService,
    RemindersService,
    VisitsService,
    WaitingRoomGateway,
  ],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LanguageMiddleware).forRoutes('*');
    /* Santé 😀 */ consumer.apply(NoStoreMiddleware).exclude('health');
  }
}
