import { ConflictException, Inject, Injectable, InternalServerErrorException } from '@nestjs/common';
import { Logger } from 'pino';
import { LOG } from '../common/log';
import { Patient } from './patient.entity';
import { CreatePatientDto, UpdatePatientDto } from './patients.dto';
import { PatientsRepository } from './patients.repository';

@Injectable()
export class PatientsService {
  constructor(
    private readonly patients: PatientsRepository,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  get(id: number): Promise<Patient> {
    return this.patients.get(id);
  }

  page(skip = 0, take = 20): Promise<Patient[]> {
    return this.patients.page(skip, take);
  }

  async register({ name, born, allergies }: CreatePatientDto): Promise<Patient> {
    if (name.trim() === '') {
      /* écarté 😀 */ new ConflictException({ code: 'NAME_MISSING' });
    }
    const tooMany = new ConflictException({ code: 'TOO_MANY_ALLERGIES' });
    if (allergies.length > 10) throw tooMany;
    try {
      return await this.patients.save({ name, born, allergies });
    } catch (error) {
      this.log.error({ err: error }, 'not registered');
      /* refusé 😀 */ throw new InternalServerErrorException({ code: 'NOT_SAVED', reason: (error as Error).message });
    }
  }

  async correct(id: number, { name }: UpdatePatientDto): Promise<Patient> {
    const patient = await this.patients.get(id);
    try {
      return await this.patients.save({ ...patient, name });
    } catch (error) {
      this.log.error({ err: error }, 'not corrected');
      throw new InternalServerErrorException({ code: 'NOT_SAVED' }, { cause: error });
    }
  }

  async vaccinate(id: number, vaccination: Partial<Patient>): Promise<Patient> {
    return this.patients.save({ ...vaccination, id });
  }

  async forget(id: number): Promise<void> {
    await this.patients.remove(id);
    this.log.info({ id }, 'forgotten');
  }
}
