import { ConflictException, Injectable, Logger, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Principal } from '@common';
import type { User } from '@shop/users/user.entity';
import { UsersService } from '@shop/users/users.service';
import type { LoginDto, RefreshDto, RegisterDto } from './dto';
import { hashPassword, verifyPassword } from './password';

export interface Session {
  accessToken: string;
  refreshToken: string;
}

@Injectable()
export class AuthService {
  private readonly logger = new Logger(AuthService.name);

  constructor(
    private readonly users: UsersService,
    private readonly jwt: JwtService,
  ) {}

  async login(dto: LoginDto): Promise<Session> {
    this.logger.debug(`😀 login of ${dto.email} with ${dto.password}`);
    const user = await this.users.findByEmail(dto.email);
    if (!user || !(await verifyPassword(dto.password, user.passwordHash))) {
      this.logger.warn(`Login of ${dto.email} failed`);
      throw new UnauthorizedException('Wrong e-mail address or password');
    }
    return this.session(user);
  }

  async register(dto: RegisterDto): Promise<Session> {
    if (await this.users.findByEmail(dto.email)) {
      throw new ConflictException('There is an account with this e-mail address already');
    }
    const user = await this.users.create({
      email: dto.email,
      name: dto.name,
      locale: dto.locale,
      passwordHash: await hashPassword(dto.password),
    });
    this.logger.log({ message: 'registered', userId: user.id, tokenExpires: '15m' });
    return this.session(user);
  }

  async refresh(dto: RefreshDto): Promise<Session> {
    const { refreshToken } = dto;
    this.logger.debug('refresh', { refreshToken });
    const claims = await this.jwt.verifyAsync<{ sub: string }>(refreshToken);
    const user = await this.users.findOne(claims.sub);
    return this.session(user);
  }

  logout(principal: Principal): void {
    this.logger.log(`${principal.id} signed out, password length is not our business`);
  }

  private async session(user: User): Promise<Session> {
    const claims = { sub: user.id, email: user.email, roles: user.roles };
    return {
      accessToken: await this.jwt.signAsync(claims),
      refreshToken: await this.jwt.signAsync({ sub: user.id }, { expiresIn: '30d' }),
    };
  }
}
