import { EventEmitter } from 'node:events';
import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  HttpException,
  Injectable,
  InternalServerErrorException,
  NotFoundException,
} from '@nestjs/common';
import { getRepositoryToken, InjectRepository } from '@nestjs/typeorm';
import { Entity, PrimaryColumn, QueryFailedError, Repository } from 'typeorm';

@Entity()
export class Cat {
  @PrimaryColumn() id: string;
}

@Injectable()
export class CatsService {
  constructor(@InjectRepository(Cat) private readonly cats: Repository<Cat>) {}

  async save() {
    await this.cats.save({ id: '1' });
  }

  async check() {
    throw new ConflictException('checked');
  }

  async quietly() {
    try {
      await this.cats.save({ id: '1' });
    } catch (error) {
      return null;
    }
  }

  find() {
    return new NotFoundException('made by the service');
  }

  lookup(id: string) {
    if (!id) return new NotFoundException('looked up by the service');
    return id;
  }

  async isFree() {
    return false;
  }
}

@Controller()
export class FailuresController {
  constructor(private readonly cats: CatsService) {}

  // --- an exception that is returned is a success

  @Get('returned')
  returned() {
    const id = '';
    if (!id) return new BadRequestException('returned');
    return id;
  }

  @Get('returnedByService')
  returnedByService() {
    return this.cats.lookup('');
  }

  @Get('thrownForService')
  thrownForService() {
    throw this.cats.find();
  }

  @Get('made')
  made() {
    new ConflictException('made');
    return 'goes on';
  }

  // --- what nobody waits for

  @Get('checked')
  checked() {
    this.cats.check();
    return 'goes on';
  }

  @Get('saved')
  saved() {
    this.cats.save();
    return 'goes on';
  }

  @Get('savedThen')
  savedThen() {
    this.cats.save().then(() => null);
    return 'goes on';
  }

  @Get('savedAll')
  savedAll() {
    ['1'].forEach(() => this.cats.save());
    return 'goes on';
  }

  @Get('savedCaught')
  savedCaught() {
    this.cats.save().catch(() => null);
    return 'goes on';
  }

  @Get('savedQuietly')
  savedQuietly() {
    this.cats.quietly();
    return 'goes on';
  }

  @Get('savedAwaited')
  async savedAwaited() {
    await this.cats.save().catch(() => null);
    return 'goes on';
  }

  @Get('tested')
  tested() {
    if (this.cats.isFree()) return 'always here';
    return 'never here';
  }

  @Get('testedAwaited')
  async testedAwaited() {
    if (await this.cats.isFree()) return 'never here';
    return 'always here';
  }

  // --- callbacks

  @Get('each')
  each() {
    ['1'].forEach(async () => {
      await this.cats.save();
    });
    return 'goes on';
  }

  @Get('timer')
  timer() {
    setTimeout(async () => {
      await this.cats.save();
    }, 1);
    return 'goes on';
  }

  @Get('emitter')
  emitter() {
    const emitter = new EventEmitter();
    emitter.on('cat', async () => {
      await this.cats.save();
    });
    emitter.emit('cat');
    return 'goes on';
  }

  @Get('eachCaught')
  eachCaught() {
    ['1'].forEach(async () => {
      try {
        await this.cats.save();
      } catch (error) {
        return;
      }
    });
    return 'goes on';
  }

  // --- plain errors

  @Get('plain')
  plain() {
    throw new Error('not found');
  }

  @Get('plainCaught')
  plainCaught() {
    try {
      throw new Error('not found');
    } catch (error) {
      return 'caught';
    }
  }

  // --- what the database says

  @Get('message')
  async message() {
    try {
      await this.cats.save();
    } catch (error) {
      throw new BadRequestException(error.message);
    }
  }

  @Get('template')
  async template() {
    try {
      await this.cats.save();
    } catch (error) {
      throw new HttpException(`failed: ${error}`, 500);
    }
  }

  @Get('within')
  async within() {
    try {
      await this.cats.save();
    } catch (error) {
      throw new InternalServerErrorException({ error });
    }
  }

  @Get('answer')
  async answer() {
    try {
      await this.cats.save();
      return 'saved';
    } catch (error) {
      return { failed: error.message };
    }
  }

  @Get('stack')
  async stack() {
    try {
      await this.cats.save();
      return 'saved';
    } catch (error) {
      return { failed: error.stack };
    }
  }

  @Get('whole')
  async whole() {
    try {
      await this.cats.save();
    } catch (error) {
      throw new InternalServerErrorException(error);
    }
  }

  @Get('cause')
  async cause() {
    try {
      await this.cats.save();
    } catch (error) {
      throw new InternalServerErrorException('failed', { cause: error });
    }
  }
}

const broken = {
  async save() {
    throw new QueryFailedError('SECRET insert', ['SECRET'], new Error('SECRET constraint'));
  },
};

export const providers = [CatsService, { provide: getRepositoryToken(Cat), useValue: broken }];
