import { NestFactory } from '@nestjs/core';
import { AppModule } from '~/app.module';
import { setUp } from '~/set-up';

async function bootstrap(): Promise<void> {
  const app = setUp(await NestFactory.create(AppModule));
  await app.listen(3000);
}

void bootstrap();
