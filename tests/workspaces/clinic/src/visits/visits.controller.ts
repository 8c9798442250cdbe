import { Body, Controller, Delete, Get, Param, ParseIntPipe, Post, UseGuards } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { DoctorGuard, Public } from '../access/session.guard';
import { PatientsController } from '../patients/patients.controller';
import { VisitsService } from './visits.service';

export class RateVisitDto {
  @ApiProperty()
  @IsInt()
  @Min(1)
  @Max(5)
  stars: number;

  @ApiProperty()
  @IsString()
  @MaxLength(500)
  comment: string;
}

export abstract class RecordsController {
  constructor(protected readonly visits: VisitsService) {}

  @UseGuards(DoctorGuard)
  @Get(':id')
  read(@Param('id', ParseIntPipe) id: number) {
    return this.visits.get(id);
  }

  @UseGuards(DoctorGuard)
  @Delete(':id')
  remove(@Param('id', ParseIntPipe) id: number): Promise<void> {
    return this.visits.cancel(id);
  }
}

@Controller('visits')
export class VisitsController extends RecordsController {
  @Delete(':id')
  /* annulé 😀 */ async remove(@Param('id', ParseIntPipe) id: number): Promise<void> {
    await this.visits.cancel(id);
  }

  @UseGuards(DoctorGuard)
  @Get(':id')
  async read(@Param('id', ParseIntPipe) id: number) {
    return super.read(id);
  }

  @Public()
  @Post(':id/rating')
  /* étoiles 😀 */ rate(@Param('id', ParseIntPipe) id: number, @Body() dto: RateVisitDto): Promise<void> {
    return this.visits.rate(id, dto.stars);
  }

  @Public()
  @Get('opening-hours')
  hours() {
    return { from: 8, to: 18 };
  }
}

@Controller('archive')
export class ArchiveController {
  constructor(
    /* archivé 😀 */ private readonly patients: PatientsController,
    private readonly visits: VisitsService,
  ) {}

  @Get(':id')
  async find(@Param('id', ParseIntPipe) id: number) {
    return { patient: await this.patients.get(id), visits: await this.visits.ofPatient(id) };
  }
}
