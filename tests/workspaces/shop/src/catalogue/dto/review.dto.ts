import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';

export class CreateReviewDto {
  @ApiProperty({ minimum: 1, maximum: 5 })
  @IsInt()
  @Min(1)
  @Max(5)
  stars!: number;

  @ApiProperty()
  @IsString()
  @Length(10, 5000)
  text!: string;
}

export class EditReviewDto extends PickType(CreateReviewDto, ['text'] as const) {}

export class ReportReviewDto {
  reason!: string;
  details?: string;
}
