import { Injectable, NestMiddleware, UnauthorizedException } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { NextFunction, Request, Response } from 'express';

/** Partners have no user accounts: they authenticate with the key of their contract. */
@Injectable()
export class PartnerKeyMiddleware implements NestMiddleware {
  constructor(private readonly config: ConfigService) {}

  use(request: Request, _response: Response, next: NextFunction): void {
    if (request.headers.authorization !== `ApiKey ${this.config.getOrThrow<string>('PARTNER_API_KEY')}`) {
      throw new UnauthorizedException();
    }
    next();
  }
}
