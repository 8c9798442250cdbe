export * from './access';
export * from './dto';
export { NotificationsController } from './notifications/notifications.controller';
export { NotificationsModule } from './notifications/notifications.module';
export { NotificationsService } from './notifications/notifications.service';
