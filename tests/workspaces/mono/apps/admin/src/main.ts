import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditInterceptor } from './audit/audit.interceptor';
import { AppModule } from './app.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule);
  app.setGlobalPrefix('admin');
  app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version', defaultVersion: ['1', '2'] });
  app.useGlobalInterceptors(new AuditInterceptor());
  await app.listen(3001);
}

void bootstrap();
