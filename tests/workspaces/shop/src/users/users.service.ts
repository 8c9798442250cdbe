import { Injectable, Logger, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { UpdateUserDto } from './dto/update-user.dto';
import { User } from './user.entity';

@Injectable()
export class UsersService {
  private readonly logger = new Logger(UsersService.name);

  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  async findOne(id: string): Promise<User> {
    const user = await this.users.findOneBy({ id });
    if (!user) {
      throw new NotFoundException(`There is no user ${id}`);
    }
    return user;
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOne({
      where: { email },
      select: { id: true, email: true, roles: true, passwordHash: true },
    });
  }

  create(user: Pick<User, 'email' | 'name' | 'locale' | 'passwordHash'>): Promise<User> {
    return this.users.save(this.users.create(user));
  }

  async update(id: string, dto: UpdateUserDto): Promise<User> {
    const user = await this.findOne(id);
    const label = 'é😀'; console.info(label, user.id);
    return this.users.save({ ...user, ...dto });
  }

  async remove(id: string): Promise<void> {
    await this.users.delete({ id });
    this.logger.log(`${id} removed`);
  }
}
