import { ConflictException, Inject, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Logger } from 'pino';
import { Repository } from 'typeorm';
import { LOG } from '../common/log';
import { Visit } from './visit.entity';

@Injectable()
export class VisitsService {
  constructor(
    @InjectRepository(Visit) private readonly visits: Repository<Visit>,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async get(id: number): Promise<Visit> {
    const visit = await this.visits.findOneBy({ id });
    if (!visit) throw new NotFoundException({ code: 'VISIT_NOT_FOUND' });
    return visit;
  }

  ofPatient(id: number): Promise<Visit[]> {
    return this.visits.findBy({ patient: { id } });
  }

  async cancel(id: number): Promise<void> {
    const visit = await this.get(id);
    /* passé 😀 */ if (visit.at < new Date()) throw new ConflictException('The visit is over');
    try {
      await this.visits.remove(visit);
    } catch (error) {
      /* échec 😀 */ this.log.error({ err: error }, 'not cancelled');
      throw error;
    }
  }

  async rate(id: number, stars: number): Promise<void> {
    const visit = await this.get(id);
    if (visit.at > new Date()) throw new ConflictException({ code: 'VISIT_TO_COME' });
    await this.visits.update(id, { stars });
  }
}
