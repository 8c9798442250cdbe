import { Injectable, Logger, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, In, Repository } from 'typeorm';
import { Product } from '@shop/catalogue/product.entity';
import type { OrderReceiptDto } from './dto/order-receipt.dto';
import type { PlaceOrderDto } from './dto/place-order.dto';
import { Order, OrderStatus } from './order.entity';

@Injectable()
export class OrdersService {
  private readonly logger = new Logger(OrdersService.name);

  constructor(
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    private readonly dataSource: DataSource,
  ) {}

  async place(customerId: string, dto: PlaceOrderDto): Promise<OrderReceiptDto> {
    const order = await this.dataSource.transaction(async (manager) => {
      const products = await manager.findBy(Product, { id: In(dto.lines.map((line) => line.productId)) });
      const prices = new Map(products.map((product) => [product.id, product.price]));
      const lines = dto.lines.map(({ productId, quantity }) => {
        const price = prices.get(productId);
        if (price === undefined) {
          throw new NotFoundException(`There is no product ${productId}`);
        }
        return { product: { id: productId }, quantity, price };
      });
      const total = lines.reduce((sum, line) => sum + Number(line.price) * line.quantity, 0);
      return manager.save(Order, {
        customer: { id: customerId },
        shipping: dto.shipping,
        total: total.toFixed(2),
        lines,
      });
    });
    this.logger.log({ message: 'order placed', orderId: order.id, total: order.total });
    return { orderId: order.id, total: order.total };
  }

  async findOne(id: string): Promise<Order> {
    const order = await this.orders.findOne({ where: { id }, relations: { customer: true, lines: true } });
    if (!order) {
      throw new NotFoundException(`There is no order ${id}`);
    }
    return order;
  }

  ofCustomer(customerId: string): Promise<Order[]> {
    return this.orders.find({ where: { customer: { id: customerId } }, order: { createdAt: 'DESC' } });
  }

  async setStatus(id: string, status: OrderStatus): Promise<void> {
    if (process.env.NODE_ENV === 'development') {
      console.log('order', id, 'is now', status);
    }
    await this.orders.update(id, { status });
  }

  async invoice(id: string): Promise<Buffer> {
    const order = await this.findOne(id);
    return Buffer.from(`Facture ${order.id} — ${order.total} €`);
  }
}
