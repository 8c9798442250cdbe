import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO31661Alpha2, IsNotEmpty, IsOptional, IsPostalCode, IsString } from 'class-validator';
import { OptionalPhone } from '../decorators/fields.decorator';

export class AddressDto {
  @ApiProperty({ example: '12 rue de l’Église' })
  @IsString()
  @IsNotEmpty()
  street!: string;

  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  city!: string;

  @ApiProperty()
  @IsPostalCode('any')
  postcode!: string;

  @ApiProperty({ example: 'FR' })
  @IsISO31661Alpha2()
  country!: string;

  @OptionalPhone()
  phone?: string;

  @ApiPropertyOptional({ description: 'What the driver should know: « 2ᵉ étage »' })
  instructions?: string;

  @IsOptional()
  @IsString()
  company?: string;
}
