import { Column, Entity, ManyToOne } from 'typeorm';
import { ShopEntity } from '@common';
import { User } from '@shop/users/user.entity';
import { Product } from './product.entity';

@Entity('reviews')
export class Review extends ShopEntity {
  @Column({ type: 'smallint' })
  stars!: number;

  @Column({ type: 'text' })
  text!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  author!: User;

  @ManyToOne(() => Product, (product) => product.reviews, { onDelete: 'CASCADE' })
  product!: Product;
}
