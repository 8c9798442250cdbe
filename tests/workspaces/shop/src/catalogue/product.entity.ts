import { Column, Entity, ManyToOne, OneToMany } from 'typeorm';
import { ShopEntity } from '@common';
import { Category } from './category.entity';
import { Review } from './review.entity';

@Entity('products')
export class Product extends ShopEntity {
  @Column({ unique: true })
  slug!: string;

  @Column()
  name!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ type: 'numeric', precision: 10, scale: 2 })
  price!: string;

  @Column({ type: 'int', default: 0 })
  stock!: number;

  @Column({ type: 'text', array: true, default: [] })
  tags!: string[];

  @ManyToOne(() => Category, (category) => category.products, { onDelete: 'RESTRICT' })
  category!: Category;

  @OneToMany(() => Review, (review) => review.product)
  reviews!: Review[];
}
