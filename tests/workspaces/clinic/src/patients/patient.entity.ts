import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity()
export class Patient {
  @PrimaryGeneratedColumn()
  id: number;

  @Column()
  name: string;

  @Column({ type: 'date' })
  born: Date;

  @Column('simple-array', { default: '' })
  allergies: string[];

  @Column({ nullable: true })
  vaccine?: string;

  @Column({ nullable: true })
  batch?: string;
}
