import { Injectable, Logger } from '@nestjs/common';
import type { BookingDto, SwapDto } from './events.dto';

@Injectable()
export class EventsService {
  private readonly logger = new Logger(EventsService.name);

  list(): string[] {
    return ['Matinée', 'Soirée'];
  }

  book(event: string, { seats }: BookingDto): void {
    this.logger.log(`${seats.length} seats of ${event} booked`);
  }

  swap(event: string, { from, to }: SwapDto): void {
    this.logger.log(`${event}: ${from.row}${from.number} is ${to.row}${to.number} now`);
  }
}
