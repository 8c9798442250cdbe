import { Body, Controller, Get, Param, ParseIntPipe, Post, UseFilters, UseGuards } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import { BusyDatabaseFilter, ProblemFilter } from '../common/problem.filter';
import { ResetDto, SignInDto } from './access.dto';
import { AccessService } from './access.service';
import { Public } from './session.guard';

@Controller('access')
@UseFilters(BusyDatabaseFilter, ProblemFilter)
export class AccessController {
  constructor(private readonly access: AccessService) {}

  @Public()
  @Post('login')
  /* Accès 😀 */ login(@Body() dto: SignInDto) {
    return this.access.signIn(dto.email, dto.password);
  }

  @Public()
  @UseGuards(ThrottlerGuard)
  @Post('password-reset')
  reset(@Body() dto: ResetDto): Promise<void> {
    return this.access.sendReset(dto.email);
  }

  @Get('staff/:id')
  /* équipe 😀 */ colleague(@Param('id', ParseIntPipe) id: number) {
    return this.access.colleague(id);
  }

  @Get('staff/:id/card')
  async card(@Param('id', ParseIntPipe) id: number) {
    const { email, role } = await this.access.colleague(id);
    return { email, role };
  }
}
