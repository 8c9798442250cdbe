import { Body, Controller, Delete, Get, HttpCode, Param, ParseUUIDPipe, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Auth, CurrentUser, Principal, Public, Role } from '@common';
import { UpdateUserDto } from './dto/update-user.dto';
import { UsersService } from './users.service';

@ApiTags('users')
@Controller('users')
@Auth()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get(':id')
  @Auth(Role.Support, Role.Admin)
  findOne(@Param('id', ParseUUIDPipe) id: string) {
    return this.users.findOne(id);
  }

  @Patch('me')
  update(@CurrentUser() user: Principal, @Body() dto: UpdateUserDto) {
    return this.users.update(user.id, dto);
  }

  @Delete(':id')
  @Auth(Role.Admin)
  @HttpCode(204)
  remove(@Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.users.remove(id);
  }

  // The link in a newsletter: it works without signing in.
  @Delete('subscriptions/:ticket')
  @Public()
  @HttpCode(204)
  unsubscribe(@Param('ticket', ParseUUIDPipe) _ticket: string): void {}
}
