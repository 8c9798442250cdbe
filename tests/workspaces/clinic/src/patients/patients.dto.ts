import { PartialType } from '@nestjs/mapped-types';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsDateString,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

export class CreatePatientDto {
  @ApiProperty()
  @IsString()
  @MaxLength(80)
  name: string;

  @ApiProperty()
  @Type(() => Date)
  @IsDate()
  registered: Date;

  @ApiProperty({ description: 'né(e) 😀' })
  @IsDateString()
  born: Date;

  @ApiProperty({ isArray: true, type: String })
  @ArrayMaxSize(20)
  @IsString()
  @MaxLength(40)
  allergies: string[];

  @ApiProperty({ isArray: true, type: String })
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(40, { each: true })
  medication: string[];

  /* prénom 😀 */ @ApiPropertyOptional() @IsString() @MaxLength(40) nickname?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(40)
  insurer?: string;

  /* résumé 😀 */ @ApiProperty() @IsString() history: string;
}

export class UpdatePatientDto extends PartialType(CreatePatientDto) {}

export class FindPatientsDto {
  @ApiPropertyOptional()
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  offset?: number;

  /* à la fois 😀 */ @ApiPropertyOptional() @IsOptional() @IsInt() @Min(1) @Max(100) limit?: number;
}
