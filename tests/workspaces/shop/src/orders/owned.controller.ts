import { UseGuards } from '@nestjs/common';
import { JwtAuthGuard, RolesGuard } from '@common';

/** Controllers of what belongs to a customer: nobody gets in without signing in. */
@UseGuards(JwtAuthGuard, RolesGuard)
export abstract class OwnedController {}
