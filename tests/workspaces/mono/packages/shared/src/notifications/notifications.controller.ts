import { Body, Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { Public, SessionGuard } from '../access';
import { NotificationDto } from '../dto';
import { NotificationsService } from './notifications.service';

/** Both applications have it: `api` guards every route, `admin` guards none by itself. */
@Controller('notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @Public(true)
  all(): NotificationDto[] {
    return this.notifications.all();
  }

  @Post()
  @UseGuards(SessionGuard)
  send(@Body() dto: NotificationDto): void {
    this.notifications.send(dto);
  }

  @Delete(':title')
  withdraw(@Param('title') title: string): void {
    this.notifications.withdraw(title);
  }
}
