import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Auth, CurrentUser, Principal } from '@common';
import { CartsService } from './carts.service';
import { CartItemDto, GiftDto, MergeCartDto, ReplaceItemsDto } from './dto/cart-item.dto';

@ApiTags('carts')
@Controller({ path: 'cart', version: ['1', '2'] })
@Auth()
export class CartsController {
  constructor(private readonly carts: CartsService) {}

  @Get()
  findMine(@CurrentUser() user: Principal) {
    return this.carts.ofUser(user.id);
  }

  @Put('items')
  @HttpCode(204)
  replaceItems(@CurrentUser() user: Principal, @Body() dto: ReplaceItemsDto): Promise<void> {
    return this.carts.replaceItems(user.id, dto.items);
  }

  @Post('items')
  @HttpCode(204)
  addItem(@CurrentUser() user: Principal, @Body() dto: CartItemDto): Promise<void> {
    return this.carts.replaceItems(user.id, [dto]);
  }

  @Post('merge')
  @HttpCode(204)
  merge(@CurrentUser() user: Principal, @Body() dto: MergeCartDto): Promise<void> {
    return this.carts.replaceItems(user.id, dto.guestItems);
  }

  @Post('gift')
  @HttpCode(204)
  gift(@CurrentUser() user: Principal, @Body() dto: GiftDto): Promise<void> {
    return this.carts.replaceItems(user.id, [dto.wrapped]);
  }

  @Patch('coupon')
  @HttpCode(204)
  applyCoupon(@CurrentUser() user: Principal, @Body() body: { code: string }): Promise<void> {
    return this.carts.applyCoupon(user.id, body.code);
  }

  @Delete()
  @HttpCode(204)
  clear(@CurrentUser() user: Principal): Promise<void> {
    return this.carts.clear(user.id);
  }
}
