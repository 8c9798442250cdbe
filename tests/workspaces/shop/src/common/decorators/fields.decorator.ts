import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsNumber, IsOptional, IsPhoneNumber, Max, Min, ValidateNested } from 'class-validator';

/** An amount of money in euros, with at most two decimals. */
export function Money(options: { min?: number; max?: number } = {}): PropertyDecorator {
  const decorators = [Type(() => Number), IsNumber({ maxDecimalPlaces: 2 }), Min(options.min ?? 0)];
  if (options.max !== undefined) {
    decorators.push(Max(options.max));
  }
  return applyDecorators(...decorators, ApiProperty({ type: Number, example: 19.99 }));
}

export const Nested = <T extends object>(type: () => new () => T): PropertyDecorator =>
  applyDecorators(ValidateNested(), Type(type), ApiProperty({ type }));

export const OptionalPhone = (): PropertyDecorator =>
  applyDecorators(IsOptional(), IsPhoneNumber(), ApiPropertyOptional({ example: '+33 1 23 45 67 89' }));
