import { ApiProperty, IntersectionType, PickType } from '@nestjs/swagger';
import { IsStrongPassword } from 'class-validator';
import { UserProfileDto } from '@shop/users/dto/user-profile.dto';
import { LoginDto } from './login.dto';

class NewPassword {
  @ApiProperty({ description: 'At least 8 characters, upper and lower case, a digit and a symbol' })
  @IsStrongPassword()
  password!: string;
}

export class RegisterDto extends IntersectionType(
  PickType(LoginDto, ['email'] as const),
  PickType(UserProfileDto, ['name', 'locale'] as const),
  NewPassword,
) {}
