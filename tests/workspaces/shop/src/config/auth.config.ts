import { registerAs } from '@nestjs/config';
import type { StringValue } from 'ms';

export const authConfig = registerAs('auth', () => ({
  secret: process.env.JWT_SECRET ?? '',
  expiresIn: (process.env.JWT_EXPIRES_IN ?? '15m') as StringValue,
}));
