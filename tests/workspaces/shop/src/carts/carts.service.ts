import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, Repository } from 'typeorm';
import { Cart } from './cart.entity';
import { CartItem } from './cart-item.entity';
import type { CartItemDto } from './dto/cart-item.dto';

@Injectable()
export class CartsService {
  constructor(
    @InjectRepository(Cart) private readonly carts: Repository<Cart>,
    private readonly dataSource: DataSource,
  ) {}

  ofUser(userId: string): Promise<Cart | null> {
    return this.carts.findOne({
      where: { owner: { id: userId } },
      relations: { items: { product: true } },
    });
  }

  async replaceItems(userId: string, items: CartItemDto[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const cart = await manager.findOneByOrFail(Cart, { owner: { id: userId } });
      await manager.delete(CartItem, { cart: { id: cart.id } });
      await manager.insert(
        CartItem,
        items.map(({ productId, quantity }) => ({ cart, product: { id: productId }, quantity })),
      );
    });
  }

  async applyCoupon(userId: string, code: string): Promise<void> {
    await this.carts.update({ owner: { id: userId } }, { coupon: code });
  }

  async clear(userId: string): Promise<void> {
    await this.carts.delete({ owner: { id: userId } });
  }
}
