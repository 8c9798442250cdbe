import { Column, Entity, ManyToOne } from 'typeorm';
import { ShopEntity } from '@common';
import { Product } from '@shop/catalogue/product.entity';
import { Cart } from './cart.entity';

@Entity('cart_items')
export class CartItem extends ShopEntity {
  @ManyToOne(() => Cart, (cart) => cart.items, { onDelete: 'CASCADE' })
  cart!: Cart;

  @ManyToOne(() => Product, { onDelete: 'CASCADE' })
  product!: Product;

  @Column({ type: 'int' })
  quantity!: number;
}
