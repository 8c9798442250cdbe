import { Body, Controller, Delete, Get, NotFoundException, Param, ParseIntPipe, Patch, Post, Query } from '@nestjs/common';
import { CreatePatientDto, FindPatientsDto, UpdatePatientDto } from './patients.dto';
import { PatientsService } from './patients.service';
import { TriageDto } from './triage.dto';

interface Vaccination {
  vaccine: string;
  batch: string;
}

@Controller('patients')
export class PatientsController {
  constructor(private readonly patients: PatientsService) {}

  @Get()
  find(@Query() { offset, limit }: FindPatientsDto) {
    return this.patients.page(offset, limit);
  }

  @Get('by-page')
  byPage(/* numéro 😀 */ @Query('page') page = 1, @Query('size', new ParseIntPipe({ optional: true })) size = 20) {
    return this.patients.page((page - 1) * size, size);
  }

  @Get(':id')
  async get(@Param('id', ParseIntPipe) id: number) {
    try {
      return await this.patients.get(id);
    } /* trouvé 😀 */ catch (error) {
      throw new NotFoundException({ code: 'PATIENT_NOT_FOUND' });
    }
  }

  @Post('import')
  import(/* à importer 😀 */ @Body() dtos: CreatePatientDto[]) {
    return dtos.length;
  }

  @Post()
  create(@Body() dto: CreatePatientDto) {
    return this.patients.register(dto);
  }

  @Patch(':id')
  update(@Param('id', ParseIntPipe) id: number, @Body() dto: UpdatePatientDto) {
    return this.patients.correct(id, dto);
  }

  @Post(':id/vaccinations')
  async vaccinate(@Param('id', ParseIntPipe) id: number, /* piqûre 😀 */ @Body() vaccination: Vaccination) {
    await this.patients.vaccinate(id, vaccination);
    return { vaccine: vaccination.vaccine };
  }

  @Post(':id/triage')
  async triage(@Param('id', ParseIntPipe) id: number, @Body() dto: TriageDto) {
    const patient = await this.patients.get(id);
    return { patient: patient.name, urgent: dto.pain > 7 };
  }

  @Delete(':id')
  async forget(@Param('id', ParseIntPipe) id: number) {
    /* oublié 😀 */ this.patients.forget(id);
    return { forgotten: id };
  }
}
