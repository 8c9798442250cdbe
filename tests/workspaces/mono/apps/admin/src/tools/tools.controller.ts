import { Body, Controller, Patch, Post, UseGuards } from '@nestjs/common';
import { SessionGuard } from '@acme/shared';

@Controller()
@UseGuards(SessionGuard)
export class ToolsController {
  @Post('reindex')
  reindex(@Body() options: Record<string, boolean>): string[] {
    return Object.keys(options);
  }

  @Patch('maintenance')
  maintenance(): void {}
}
