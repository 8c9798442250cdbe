import { BadGatewayException, Inject, Injectable } from '@nestjs/common';
import { Response } from 'express';
import { Logger } from 'pino';
import { LOG } from '../common/log';

@Injectable()
export class LabService {
  constructor(@Inject(LOG) private readonly log: Logger) {}

  async results(id: number): Promise<string[]> {
    const answer = await fetch(`${process.env.LAB_URL}/samples/${id}/results`);
    if (!answer.ok) throw new BadGatewayException({ code: 'LAB_SILENT' });
    this.log.debug({ id }, 'results read');
    return (await answer.json()) as string[];
  }

  async write(/* écrit 😀 */ id: number, response: Response): Promise<void> {
    response.send((await this.results(id)).join('\n'));
  }
}
