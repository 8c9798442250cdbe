import { ExecutionContext, Injectable, CanActivate, UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';

@Injectable()
export class ScreenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToWs().getClient<{ screen?: string }>().screen === process.env.SCREEN;
  }
}

@WebSocketGateway()
export class WaitingRoomGateway {
  private readonly waiting: number[] = [];

  /* arrivé 😀 */ @SubscribeMessage('arrive') arrive(@MessageBody() visit: number): number {
    return this.waiting.push(visit);
  }

  @UseGuards(ScreenGuard)
  @SubscribeMessage('call')
  call(): number | undefined {
    return this.waiting.shift();
  }
}
