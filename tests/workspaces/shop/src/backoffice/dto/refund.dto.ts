import { IsNumber, IsString, IsUUID, Min } from 'class-validator';

export class RefundDto {
  @IsUUID()
  orderId!: string;

  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0)
  amount!: number;

  @IsString()
  reason!: string;
}
