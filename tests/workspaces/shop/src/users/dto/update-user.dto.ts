import { ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { UserProfileDto } from './user-profile.dto';

export class UpdateUserDto extends PartialType(OmitType(UserProfileDto, ['displayName'] as const)) {
  @ApiPropertyOptional({ description: 'https://…/avatar.png' })
  avatarUrl?: string;
}
