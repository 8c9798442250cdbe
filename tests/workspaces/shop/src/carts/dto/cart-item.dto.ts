import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsInt, IsUUID, Max, Min, ValidateNested } from 'class-validator';

export class CartItemDto {
  @ApiProperty()
  @IsUUID()
  productId!: string;

  @ApiProperty()
  @IsInt()
  @Min(1)
  @Max(99)
  quantity!: number;
}

export class ReplaceItemsDto {
  // `@ValidateNested` walks arrays by itself.
  @ApiProperty({ type: [CartItemDto] })
  @ValidateNested()
  @Type(() => CartItemDto)
  items!: CartItemDto[];
}

export class MergeCartDto {
  @ApiProperty({ type: [CartItemDto] })
  @ValidateNested({ each: true })
  @Transform(({ value }: { value: object[] }) => value.map((item) => Object.assign(new CartItemDto(), item)))
  guestItems!: CartItemDto[];
}

export class GiftDto {
  @ApiProperty({ description: 'Wrapped in « papier cadeau » 🎁' })
  @ValidateNested()
  wrapped!: CartItemDto;
}
