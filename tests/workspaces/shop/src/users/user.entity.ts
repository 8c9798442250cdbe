import { Exclude } from 'class-transformer';
import { Column, Entity } from 'typeorm';
import { Role, ShopEntity } from '@common';

@Entity('users')
export class User extends ShopEntity {
  @Column({ unique: true })
  email!: string;

  @Column()
  name!: string;

  @Column({ default: 'fr' })
  locale!: string;

  @Exclude()
  @Column({ name: 'password_hash', select: false })
  passwordHash!: string;

  @Column({ type: 'enum', enum: Role, array: true, default: [Role.Customer] })
  roles!: Role[];

  @Column({ type: 'varchar', name: 'avatar_url', nullable: true })
  avatarUrl!: string | null;
}
