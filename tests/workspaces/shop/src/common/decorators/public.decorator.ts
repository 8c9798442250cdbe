import { SetMetadata } from '@nestjs/common';

export const IS_PUBLIC_KEY = Symbol('isPublic');

/** Opens a route of a guarded controller: `JwtAuthGuard` reads it. */
export const Public = () => SetMetadata(IS_PUBLIC_KEY, true);
