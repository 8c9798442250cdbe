import { Column, Entity, OneToMany } from 'typeorm';
import { ShopEntity } from '@common';
import { Product } from './product.entity';

@Entity('categories')
export class Category extends ShopEntity {
  @Column({ unique: true })
  slug!: string;

  @Column()
  name!: string;

  @OneToMany(() => Product, (product) => product.category)
  products!: Product[];
}
