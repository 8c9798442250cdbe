import { scryptSync } from 'node:crypto';
import { Inject, Injectable, NotFoundException, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import { Logger } from 'pino';
import { Repository } from 'typeorm';
import { LOG } from '../common/log';
import { Staff } from './staff.entity';

@Injectable()
export class AccessService {
  constructor(
    @InjectRepository(Staff) private readonly staff: Repository<Staff>,
    private readonly sessions: JwtService,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async signIn(email: string, password: string): Promise<{ token: string }> {
    const member = await this.staff.findOneBy({ email });
    const hash = scryptSync(password, email, 32).toString('hex');
    if (member?.passwordHash !== hash) throw new UnauthorizedException({ code: 'WRONG_PASSWORD' });
    this.log.info({ staffId: member.id }, 'signed in');
    return { token: await this.sessions.signAsync({ sub: member.id, role: member.role }) };
  }

  async sendReset(email: string): Promise<void> {
    const member = await this.staff.findOneBy({ email });
    if (!member) throw new NotFoundException({ code: 'STAFF_NOT_FOUND' });
    /* envoyé 😀 */ this.log.info(`reset sent to staff ${member.id}`);
    /* envoyé 😀 */ this.log.debug('reset sent'); // nestwise-ignore logging/no-console -- until there is a logger
  }

  async colleague(id: number): Promise<Staff> {
    const member = await this.staff.findOneBy({ id });
    if (!member) throw new NotFoundException({ code: 'STAFF_NOT_FOUND' });
    return member;
  }
}
