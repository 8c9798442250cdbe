import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, IsUUID, MaxLength, Min, ValidateNested } from 'class-validator';
import { AddressDto, Nested } from '@common';

export class OrderLineDto {
  @ApiProperty()
  @IsUUID()
  productId!: string;

  @ApiProperty()
  @IsInt()
  @Min(1)
  quantity!: number;

  @ApiProperty({ description: 'Engraving: “Für Zoë 😀”' })
  engraving!: string;
}

export class PickupDto {
  @ApiProperty()
  @IsUUID()
  storeId!: string;

  @ApiPropertyOptional()
  @Type(() => Date)
  @IsOptional()
  notBefore?: Date;
}

/** Who places an order, and why they pay less: shared by orders and quotes. */
export abstract class DiscountableDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(20)
  coupon?: string;

  @ApiPropertyOptional()
  loyaltyCard?: string;
}

export class PlaceOrderDto extends DiscountableDto {
  @ApiProperty({ type: [OrderLineDto] })
  @IsArray()
  @ValidateNested({ each: true })
  lines!: OrderLineDto[];

  @Nested(() => AddressDto)
  shipping!: AddressDto;

  @ApiPropertyOptional({ type: AddressDto })
  @IsOptional()
  billing?: AddressDto;

  @ApiPropertyOptional({ type: PickupDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => PickupDto)
  pickup?: PickupDto;
}
