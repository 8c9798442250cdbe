import { Column, Entity, ManyToOne } from 'typeorm';
import { ShopEntity } from '@common';
import { Order } from '@shop/orders/order.entity';

@Entity('payments')
export class Payment extends ShopEntity {
  @ManyToOne(() => Order, { onDelete: 'RESTRICT' })
  order!: Order;

  @Column({ unique: true })
  reference!: string;

  @Column({ type: 'numeric', precision: 10, scale: 2 })
  amount!: string;

  @Column({ type: 'timestamptz', name: 'captured_at', nullable: true })
  capturedAt!: Date | null;
}
