import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsNotEmpty, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { Money } from '@common';

export class CreateProductDto {
  @ApiProperty({ example: 'Thé vert 🍵' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(120)
  name!: string;

  @ApiProperty()
  @Matches(/^[a-z0-9-]+$/)
  slug!: string;

  @ApiProperty()
  description!: string;

  @Money({ max: 100_000 })
  price!: number;

  @ApiProperty({ type: [String] })
  @IsArray()
  @IsString({ each: true })
  @ArrayMaxSize(20)
  tags!: string[];

  @ApiProperty()
  @IsUUID()
  categoryId!: string;
}

export class UpdateProductDto extends PartialType(CreateProductDto) {
  @ApiPropertyOptional({ description: 'Stock keeping unit, « référence »' })
  sku?: string;
}
