import { ApiPropertyOptional } from '@nestjs/swagger';
import { Allow, IsIn, IsOptional, IsString } from 'class-validator';
import { PageQueryDto } from '@common';

export class SearchProductsDto extends PageQueryDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  q?: string;

  @ApiPropertyOptional({ enum: ['name', 'price', '-price'] })
  @IsOptional()
  @IsIn(['name', 'price', '-price'])
  sort?: string;

  /** Anything that the advertising partners add to their links. */
  @Allow()
  utm?: string;
}
