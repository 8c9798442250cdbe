import { Type } from 'class-transformer';
import { ArrayNotEmpty, IsInt, IsString, Min, ValidateNested } from 'class-validator';

export class SeatDto {
  @IsString()
  row!: string;

  @IsInt()
  @Min(1)
  number!: number;
}

export class BookingDto {
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => SeatDto)
  seats!: SeatDto[];
}

export class SwapDto {
  @ValidateNested()
  from!: SeatDto;

  @ValidateNested()
  @Type(() => SeatDto)
  to!: SeatDto;
}
