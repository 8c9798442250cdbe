import { Reflector } from '@nestjs/core';

/** Lets everybody call a route of an application that guards all of them. */
export const Public = Reflector.createDecorator<true>({ transform: () => true });
