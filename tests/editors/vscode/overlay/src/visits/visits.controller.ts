import { Controller, Get, Query } from '@nestjs/common';

@Controller('visits')
export class VisitsController {
  @Get('others') /* é😀 */ others(@Query('name') name: string) {
    const found = ['é😀', 'Ada'].filter((visitor) => visitor !== name);
    return { found, name };
  }
}
