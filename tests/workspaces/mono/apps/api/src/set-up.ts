import { INestApplication, ValidationPipe, VersioningType } from '@nestjs/common';

export function setUp<T extends INestApplication>(app: T): T {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  return app;
}
