import { ApiProperty } from '@nestjs/swagger';

/** An answer, never a request: nothing in it needs a validator. */
export class OrderReceiptDto {
  @ApiProperty()
  orderId!: string;

  @ApiProperty()
  total!: string;
}
