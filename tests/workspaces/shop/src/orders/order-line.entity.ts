import { Column, Entity, ManyToOne } from 'typeorm';
import { ShopEntity } from '@common';
import { Product } from '@shop/catalogue/product.entity';
import { Order } from './order.entity';

@Entity('order_lines')
export class OrderLine extends ShopEntity {
  @ManyToOne(() => Order, (order) => order.lines, { onDelete: 'CASCADE' })
  order!: Order;

  @ManyToOne(() => Product, { onDelete: 'RESTRICT' })
  product!: Product;

  @Column({ type: 'int' })
  quantity!: number;

  @Column({ type: 'numeric', precision: 10, scale: 2 })
  price!: string;
}
