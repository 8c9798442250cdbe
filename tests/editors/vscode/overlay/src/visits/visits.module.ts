import { Module } from '@nestjs/common';
import { VisitsController } from './visits.controller';

/* é😀 */ @Module({ controllers: [VisitsController] }) export class VisitsModule {}
