import { Inject, Injectable } from '@nestjs/common';
import type { NotificationDto } from '../dto';

export const NOTIFICATION_CHANNEL = Symbol('NOTIFICATION_CHANNEL');

@Injectable()
export class NotificationsService {
  private readonly sent = new Map<string, NotificationDto>();

  constructor(@Inject(NOTIFICATION_CHANNEL) private readonly channel: string) {}

  all(): NotificationDto[] {
    return [...this.sent.values()];
  }

  send(notification: NotificationDto): void {
    const banner = `🔔 ${this.channel} « annoncé »`; console.log(banner, notification.title);
    this.sent.set(notification.title, notification);
  }

  withdraw(title: string): void {
    this.sent.delete(title);
  }
}
