import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Visit } from './visit.entity';
import { VisitsService } from './visits.service';

@Injectable()
export class RemindersService {
  private readonly logger = /* rappelé 😀 */ new Logger(VisitsService.name);

  constructor(@InjectRepository(Visit) private readonly visits: Repository<Visit>) {}

  async remindAll(): Promise<void> {
    const due = await this.visits.findBy({ reminded: false });
    await Promise.all(due.map(async (visit) => this.remind(visit)));
    /* rappelés 😀 */ due.forEach(async (visit) => {
      await this.visits.increment({ id: visit.id }, 'reminders', 1);
    });
    due.forEach((visit) => void this.note(visit));
  }

  private async remind(visit: Visit): Promise<void> {
    try {
      await fetch(`${process.env.SMS_URL}/${visit.id}`, { method: 'POST' });
    } catch (error) {
      /* raté 😀 */ this.logger.error(`no reminder: ${(error as Error).message}`);
    }
  }

  private async note(visit: Visit): Promise<void> {
    /* noté 😀 */ try { await this.visits.update(visit.id, { reminded: true }); } catch {}
    try {
      await fetch(`${process.env.DESK_URL}/blink`, { method: 'POST' });
    } catch {
      // The lamp on the desk is for comfort alone: whoever looks at the list sees the reminder, too.
    }
  }
}
