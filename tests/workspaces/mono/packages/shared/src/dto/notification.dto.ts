import { Type } from 'class-transformer';
import { IsDate, IsNotEmpty, IsOptional, IsString } from 'class-validator';

export class NotificationDto {
  @IsString()
  @IsNotEmpty()
  title!: string;

  @IsString()
  text!: string;

  @IsOptional()
  @Type(() => Date)
  @IsDate()
  due?: Date;

  audience!: string;
}
