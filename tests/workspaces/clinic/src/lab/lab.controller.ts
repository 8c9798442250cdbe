import { Controller, Get, Header, Param, ParseIntPipe, Res } from '@nestjs/common';
import { Response } from 'express';
import { LabService } from './lab.service';

@Controller('lab')
export class LabController {
  constructor(private readonly lab: LabService) {}

  @Get(':id/status')
  async status(@Param('id', ParseIntPipe) id: number) {
    /* prélevé 😀 */ const answer = await fetch(`${process.env.LAB_URL}/samples/${id}`);
    return { ready: answer.ok };
  }

  @Get(':id/results')
  results(@Param('id', ParseIntPipe) id: number) {
    return this.lab.results(id);
  }

  @Get(':id/sheet')
  @Header('Content-Type', 'text/csv')
  sheet(@Param('id', ParseIntPipe) id: number, @Res() response: Response): Promise<void> {
    return this.lab.write(id, response);
  }
}
