import { Column, Entity, JoinColumn, ManyToOne, OneToMany } from 'typeorm';
import { ShopEntity } from '@common';
import { User } from '@shop/users/user.entity';
import { OrderLine } from './order-line.entity';

export enum OrderStatus {
  Placed = 'placed',
  Paid = 'paid',
  Shipped = 'shipped',
  Cancelled = 'cancelled',
}

@Entity('orders')
export class Order extends ShopEntity {
  @ManyToOne(() => User, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'customer_id' })
  customer!: User;

  @Column({ type: 'enum', enum: OrderStatus, default: OrderStatus.Placed })
  status!: OrderStatus;

  @Column({ type: 'numeric', precision: 10, scale: 2 })
  total!: string;

  @Column({ type: 'jsonb' })
  shipping!: object;

  @OneToMany(() => OrderLine, (line) => line.order, { cascade: true })
  lines!: OrderLine[];
}
