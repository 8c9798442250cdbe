import { Module, ValidationPipe } from '@nestjs/common';
import { APP_PIPE, RouterModule } from '@nestjs/core';
import { NotificationsModule } from '@acme/shared';
import { DatabaseModule } from './database/database.module';
import { AccountsModule } from './accounts/accounts.module';
import { ToolsModule } from './tools/tools.module';

@Module({
  imports: [
    DatabaseModule,
    NotificationsModule.forRoot('admin'),
    AccountsModule,
    ToolsModule,
    RouterModule.register([{ path: 'tools', module: ToolsModule }]),
  ],
  providers: [{ provide: APP_PIPE, useFactory: () => new ValidationPipe({ transform: true }) }],
})
export class AppModule {}
