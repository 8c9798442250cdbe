import { Global, Module } from '@nestjs/common';
import { Database } from './database';

@Global()
@Module({ providers: [{ provide: Database, useValue: new Database({ type: 'postgres' }) }], exports: [Database] })
export class DatabaseModule {}
