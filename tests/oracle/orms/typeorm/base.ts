import { Column, ColumnOptions, CreateDateColumn, UpdateDateColumn } from 'typeorm';

export enum Role { User = 'user', Admin = 'admin' }
export const EMAIL: ColumnOptions = { unique: true, length: 320 };

export abstract class AuditedEntity {
  @CreateDateColumn() createdAt: Date;
  @UpdateDateColumn({ name: 'updated' }) updatedAt: Date;
  @Column({ nullable: true }) createdBy?: number;
}
