import { Controller, Get, Param, ParseUUIDPipe, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Auth, CurrentUser, JwtAuthGuard, Principal, Role, Roles, RolesGuard } from '@common';
import { ChannelGuard, GiftSeasonGuard, HolidayGuard } from './gifts.guards';
import { OrdersService } from './orders.service';

@ApiTags('orders')
@Controller('gifts')
export class GiftsController {
  constructor(private readonly orders: OrdersService) {}

  @Get('received')
  received(@CurrentUser() user: Principal) {
    return this.orders.ofCustomer(user.id);
  }

  @Get('sent')
  @UseGuards(JwtAuthGuard)
  sent(@CurrentUser() user: Principal) {
    return this.orders.ofCustomer(user.id);
  }

  @Get('popular')
  popular(@CurrentUser() user?: Principal) {
    return user ? this.orders.ofCustomer(user.id) : [];
  }

  @Get('all')
  /* « cadeaux » 🎁 */ @Roles(Role.Support)
  @UseGuards(JwtAuthGuard)
  all() {
    return [];
  }

  @Get('late')
  @Auth(Role.Support)
  late() {
    return [];
  }

  @Get('lost')
  @Roles(Role.Support)
  @UseGuards(RolesGuard, JwtAuthGuard)
  lost() {
    return [];
  }

  @Get('found')
  @Roles(Role.Support)
  @UseGuards(JwtAuthGuard, RolesGuard)
  found() {
    return [];
  }

  @Get(':id')
  @UseGuards(new GiftSeasonGuard())
  findOne(@Param('id', ParseUUIDPipe) id: string) {
    return this.orders.findOne(id);
  }

  @Post(':id/thanks')
  @UseGuards(HolidayGuard, new ChannelGuard('web'))
  thank(@Param('id', ParseUUIDPipe) id: string): string {
    return id;
  }
}
