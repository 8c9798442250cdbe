import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayNotEmpty, IsBoolean, IsISO31661Alpha2, ValidateNested } from 'class-validator';
import { DiscountableDto, OrderLineDto } from './place-order.dto';

export class QuoteDto extends DiscountableDto {
  @ApiProperty({ type: [OrderLineDto] })
  @ArrayNotEmpty()
  @ValidateNested()
  @Type(() => OrderLineDto)
  lines!: OrderLineDto[];

  @ApiProperty({ example: 'FR' })
  @IsISO31661Alpha2()
  country!: string;

  @ApiProperty()
  @IsBoolean()
  express!: boolean;
}
