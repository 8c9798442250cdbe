import { ApiProperty } from '@nestjs/swagger';
import { IsLocale, IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class UserProfileDto {
  @ApiProperty({ example: 'Zoé' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(80)
  name!: string;

  @ApiProperty({ example: 'fr' })
  @IsLocale()
  locale!: string;

  // Nothing checks it, but the two requests that use this class leave it out.
  @ApiProperty()
  displayName!: string;
}
