import { Column, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { Patient } from '../patients/patient.entity';

@Entity()
export class Visit {
  @PrimaryGeneratedColumn()
  id: number;

  @ManyToOne(() => Patient)
  patient: Patient;

  @Column()
  at: Date;

  @Column({ default: false })
  reminded: boolean;

  @Column({ default: 0 })
  reminders: number;

  @Column({ type: 'int', nullable: true })
  stars: number | null;
}
