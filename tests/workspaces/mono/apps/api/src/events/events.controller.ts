import { Body, Controller, Delete, Get, Param, Patch, Put, UseGuards } from '@nestjs/common';
import { Public, SessionGuard } from '@acme/shared';
import { BookingDto, SwapDto } from './events.dto';
import { EventsService } from './events.service';

@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @Public(true)
  list(): string[] {
    return this.events.list();
  }

  // No guard of its own: the application guards it.
  @Put(':event/booking')
  book(@Param('event') event: string, @Body() dto: BookingDto): void {
    this.events.book(event, dto);
  }

  @Patch(':event/booking')
  @UseGuards(SessionGuard)
  swap(@Param('event') event: string, @Body() dto: SwapDto): void {
    this.events.swap(event, dto);
  }

  @Delete(':event/waiting-list')
  @Public(true)
  leaveWaitingList(): void {}
}
