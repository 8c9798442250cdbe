import { Allow, IsEmail, IsOptional, IsString, MinLength } from 'class-validator';

export class AccountDto {
  @IsEmail()
  email!: string;

  @IsString()
  @MinLength(12)
  password!: string;

  @IsOptional()
  @IsString()
  nickname?: string;

  @Allow()
  labels?: string[];
}
