import { DynamicModule, Module } from '@nestjs/common';
import { NotificationsController } from './notifications.controller';
import { NOTIFICATION_CHANNEL, NotificationsService } from './notifications.service';

@Module({})
export class NotificationsModule {
  static forRoot(channel: string): DynamicModule {
    return {
      module: NotificationsModule,
      controllers: [NotificationsController],
      providers: [NotificationsService, { provide: NOTIFICATION_CHANNEL, useValue: channel }],
      exports: [NotificationsService],
    };
  }
}
