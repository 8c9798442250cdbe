import { LoggerService } from '@nestjs/common';

/** One JSON object a line, for the log collector. */
export class JsonLogger implements LoggerService {
  log(message: unknown, context?: string): void {
    this.write('info', message, context);
  }

  warn(message: unknown, context?: string): void {
    this.write('warn', message, context);
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.write('error', message, context, stack);
  }

  private write(level: string, message: unknown, context?: string, stack?: string): void {
    console.log(JSON.stringify({ level, time: new Date().toISOString(), context, message, stack }));
  }
}
