import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Auth, CurrentUser, Principal } from '@common';
import { AuthService } from './auth.service';
import { LoginDto, RegisterDto } from './dto';
import type { RefreshDto } from './dto/refresh.dto';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  login(@Body() dto: LoginDto) {
    return this.auth.login(dto);
  }

  @Post('register')
  register(@Body() dto: RegisterDto) {
    return this.auth.register(dto);
  }

  @Post('refresh')
  @HttpCode(200)
  refresh(@Body() dto: RefreshDto) {
    return this.auth.refresh(dto);
  }

  @Get('me')
  @Auth()
  me(@CurrentUser() user: Principal): Principal {
    return user;
  }

  @Delete('session')
  @Auth()
  @HttpCode(204)
  logout(@CurrentUser() user: Principal): void {
    this.auth.logout(user);
  }

  // Open on purpose: who forgot the password cannot sign in.
  @Delete('reset/:ticket')
  @HttpCode(204)
  cancelReset(): void {}
}
