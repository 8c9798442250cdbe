import { ApiProperty } from '@nestjs/swagger';
import { IsCreditCard, IsNotEmpty, IsNumberString, IsString, IsUUID, Length, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';

export class CardDto {
  @ApiProperty()
  @IsCreditCard()
  cardNumber!: string;

  @ApiProperty()
  @IsNumberString()
  @Length(3, 4)
  cvc!: string;

  @ApiProperty({ example: 'ZOÉ MARTIN' })
  @IsString()
  @IsNotEmpty()
  holder!: string;
}

export class PayDto {
  @ApiProperty()
  @IsUUID()
  orderId!: string;

  @ApiProperty()
  @ValidateNested()
  @Type(() => CardDto)
  card!: CardDto;
}
