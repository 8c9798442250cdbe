import {
  Body,
  ConflictException,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  Param,
  ParseEnumPipe,
  ParseUUIDPipe,
  Patch,
  Post,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentUser, Principal, Role, Roles } from '@common';
import { PlaceOrderDto } from './dto/place-order.dto';
import { OrderStatus } from './order.entity';
import { OrdersService } from './orders.service';
import { OwnedController } from './owned.controller';

@ApiTags('orders')
@Controller('orders')
export class OrdersController extends OwnedController {
  constructor(private readonly orders: OrdersService) {
    super();
  }

  @Get()
  findMine(@CurrentUser() user: Principal) {
    return this.orders.ofCustomer(user.id);
  }

  @Post()
  async place(
    @CurrentUser() user: Principal,
    @Body() dto: PlaceOrderDto,
    @Res({ passthrough: true }) response: Response,
  ) {
    const receipt = await this.orders.place(user.id, dto);
    response.location(`/api/v1/orders/${receipt.orderId}`);
    return receipt;
  }

  @Get(':id/invoice.pdf')
  @Header('content-type', 'application/pdf')
  async invoice(@Param('id', ParseUUIDPipe) id: string): Promise<StreamableFile> {
    return new StreamableFile(await this.orders.invoice(id));
  }

  @Get(':id/tracking')
  track(@Param('id', ParseUUIDPipe) id: string, @Res() response: Response) {
    response.redirect(`https://tracking.example.com/${id}`);
  }

  @Get(':id')
  async findOne(@Param('id', ParseUUIDPipe) id: string, @Res() response: Response) {
    response.setHeader('cache-control', 'private');
    return this.orders.findOne(id);
  }

  // Many ways to say no, and one thing done: nothing is decided here that belongs elsewhere.
  @Delete(':id')
  @HttpCode(204)
  async cancel(@Param('id', ParseUUIDPipe) id: string, @CurrentUser() user: Principal): Promise<void> {
    const order = await this.orders.findOne(id);
    if (order.customer.id !== user.id && !user.roles.includes(Role.Admin)) {
      throw new ForbiddenException('This is the order of somebody else');
    }
    if (order.status === OrderStatus.Cancelled) {
      throw new ConflictException('The order is cancelled already');
    }
    if (order.status === OrderStatus.Shipped) {
      throw new ConflictException('The parcel is on its way');
    }
    if (order.lines.length === 0) {
      throw new ConflictException('The order is empty');
    }
    if (!order.total || Number(order.total) < 0) {
      throw new ConflictException('The order is a refund');
    }
    if (Date.now() - order.createdAt.getTime() > 86_400_000 && !user.roles.includes(Role.Support)) {
      throw new ForbiddenException('Ask the support: the order is older than a day');
    }
    await this.orders.setStatus(id, OrderStatus.Cancelled);
  }

  @Patch(':id/status/:status')
  @Roles(Role.Admin)
  setStatus(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('status', new ParseEnumPipe(OrderStatus)) status: OrderStatus,
  ): Promise<void> {
    return this.orders.setStatus(id, status);
  }
}
