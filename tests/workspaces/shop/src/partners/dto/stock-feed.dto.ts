import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsString, Min, ValidateNested } from 'class-validator';

class StockLevel {
  @IsString()
  slug!: string;

  @IsInt()
  @Min(0)
  stock!: number;
}

export class StockFeedDto {
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => StockLevel)
  levels!: StockLevel[];
}
