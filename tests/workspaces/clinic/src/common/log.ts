import { Global, Module } from '@nestjs/common';
import { pino } from 'pino';

/** The token of the logger that the whole clinic writes to. */
export const LOG = 'LOG';

@Global()
@Module({
  providers: [{ provide: LOG, useFactory: () => pino({ level: process.env.LOG_LEVEL ?? 'info' }) }],
  exports: [LOG],
})
export class LogModule {}
