// é😀 What several entities share.
import { BaseEntity, Embeddable, Entity, Enum, Opt, PrimaryKey, Property } from '@mikro-orm/core';

export enum State { Draft = 'draft', Published = 'published' }

export abstract class Timestamped extends BaseEntity {
  @Property({ type: 'Date', onCreate: () => new Date() }) createdAt: Opt<Date> = new Date();
  @Property({ type: 'Date', onUpdate: () => new Date(), nullable: true }) updatedAt?: Date;
}

@Entity({ abstract: true })
export abstract class WithId extends Timestamped {
  @PrimaryKey() id: number;
}

@Embeddable()
export class Address {
  @Property() street: string;
  @Property({ fieldName: 'postcode', length: 10, nullable: true }) zipCode?: string;
  @Enum(() => State) state: State;
}
