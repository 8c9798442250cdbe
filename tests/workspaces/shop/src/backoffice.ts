import { NestFactory } from '@nestjs/core';
import { JsonLogger } from '@common';
import { BackofficeModule } from './backoffice/backoffice.module';

/** The back office runs inside the company's network, as a process of its own. */
async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(BackofficeModule, { bufferLogs: true });
  app.useLogger(new JsonLogger());
  app.setGlobalPrefix('backoffice');
  app.enableShutdownHooks();
  await app.listen(process.env.BACKOFFICE_PORT ?? 3001);
}

void bootstrap();
