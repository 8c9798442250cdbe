import { Column, Entity, JoinColumn, ManyToOne, OneToMany } from 'typeorm';
import { ShopEntity } from '@common';
import { User } from '@shop/users/user.entity';
import { CartItem } from './cart-item.entity';

@Entity('carts')
export class Cart extends ShopEntity {
  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'owner_id' })
  owner!: User;

  @Column({ type: 'varchar', nullable: true })
  coupon!: string | null;

  @OneToMany(() => CartItem, (item) => item.cart, { cascade: true })
  items!: CartItem[];
}
