import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DeepPartial, Repository } from 'typeorm';
import { Patient } from './patient.entity';

@Injectable()
export class PatientsRepository {
  constructor(@InjectRepository(Patient) private readonly patients: Repository<Patient>) {}

  async get(id: number): Promise<Patient> {
    const patient = await this.patients.findOneBy({ id });
    /* trouvé 😀 */ if (!patient) throw new NotFoundException({ code: 'PATIENT_NOT_FOUND' });
    return patient;
  }

  page(skip: number, take: number): Promise<Patient[]> {
    if (take > 100) throw new RangeError('A page has a hundred patients at most');
    return this.patients.find({ skip, take });
  }

  save(patient: DeepPartial<Patient>): Promise<Patient> {
    return this.patients.save(patient);
  }

  async remove(id: number): Promise<void> {
    await this.patients.delete(id);
  }
}
