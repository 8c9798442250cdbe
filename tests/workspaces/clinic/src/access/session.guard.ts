import { CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { Request } from 'express';

export const IS_PUBLIC = 'isPublic';

/** Lets a route be called without a session. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: JwtService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const open = this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [context.getHandler(), context.getClass()]);
    if (open) return true;
    const request = context.switchToHttp().getRequest<Request & { user?: unknown }>();
    const [, token = ''] = request.headers.authorization?.split(' ') ?? [];
    request.user = await this.sessions.verifyAsync(token).catch(() => undefined);
    return request.user !== undefined;
  }
}

/** For those who treat the patient, and not for the desk. */
@Injectable()
export class DoctorGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ user?: { role: string } }>();
    return request.user?.role === 'doctor';
  }
}
