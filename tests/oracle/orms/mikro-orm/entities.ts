import {
  Cascade, Collection, Embedded, Entity, EntitySchema, Enum, Formula, Index, ManyToMany, ManyToOne, OneToMany, OneToOne,
  PrimaryKey, Property, Ref, Unique, defineEntity, p,
} from '@mikro-orm/core';
import { Address, State, WithId } from './base';

@Entity()
@Unique({ properties: ['email', 'tenant'] })
@Index({ properties: ['fullName'], name: 'by_name' })
export class UserAccount extends WithId {
  @Property({ unique: true, length: 320 }) email: string;
  @Property({ fieldName: 'full_n' }) @Index() fullName: string;
  @Property({ nullable: true, hidden: true }) password?: string;
  @Property({ default: 0 }) tenant: number;
  @Property({ type: 'decimal', precision: 10, scale: 2, defaultRaw: '0' }) balance: string;
  @Property({ type: 'text', lazy: true }) bio: string;
  @Property({ columnType: 'char(2)' }) lang: string;
  @Property({ persist: false }) virtual: string;
  @Enum(() => State) state: State = State.Draft;
  @Enum({ items: () => State, nullable: true }) oldState?: State;
  @Property({ version: true }) version: number;
  @Formula('1 + 1') two: number;
  @Embedded(() => Address) home: Address;
  @Embedded(() => Address, { prefix: 'w_', nullable: true }) work?: Address;
  @Embedded(() => Address, { object: true }) other: Address;
  @Embedded({ entity: () => Address, prefix: false }) plain: Address;
  @OneToOne(() => Profile, (profile) => profile.user, { owner: true, orphanRemoval: true }) profile: Ref<Profile>;
  @OneToMany(() => Post, (post) => post.author, { cascade: [Cascade.ALL] }) posts = new Collection<Post>(this);
  @OneToMany({ entity: 'Post', mappedBy: 'editor' }) edited = new Collection<Post>(this);
  @ManyToMany(() => Team, 'members', { owner: true }) teams = new Collection<Team>(this);
  @ManyToMany({ entity: () => Team, pivotTable: 'user_likes' }) likes = new Collection<Team>(this);
  @ManyToMany({ entity: () => UserAccount, inversedBy: 'followers' }) following = new Collection<UserAccount>(this);
  @ManyToMany({ entity: () => UserAccount, mappedBy: 'following' }) followers = new Collection<UserAccount>(this);
}

@Entity({ tableName: 'profiles', schema: 'people' })
export class Profile {
  @PrimaryKey({ type: 'uuid' }) id: string;
  @OneToOne(() => UserAccount, (user) => user.profile) user: UserAccount;
}

@Entity({ tableName: 'posts' })
export class Post extends WithId {
  @Property({ unique: true }) slug: string;
  @ManyToOne(() => UserAccount, { deleteRule: 'cascade', updateRule: 'no action' }) author: UserAccount;
  @ManyToOne({ entity: () => UserAccount, nullable: true, fieldName: 'edited_by' }) editor?: UserAccount;
  @ManyToOne(() => Profile, { joinColumn: 'profile', eager: true }) profile: Profile;
  @ManyToOne({ entity: 'Post', inversedBy: 'children', nullable: true }) parentPost?: Post;
  @OneToMany(() => Post, (post) => post.parentPost) children = new Collection<Post>(this);
}

@Entity()
export class Team {
  @PrimaryKey({ autoincrement: false }) id: number;
  @ManyToMany(() => UserAccount, (user) => user.teams) members = new Collection<UserAccount>(this);
}

@Entity()
export class Seat {
  @ManyToOne(() => Team, { primary: true }) team: Team;
  @PrimaryKey() place: number;
}

@Entity({ discriminatorColumn: 'kind', abstract: true })
export abstract class Item { @PrimaryKey() id: number; }
@Entity({ discriminatorValue: 'book' })
export class Book extends Item { @Property() pages: number; }

export const Tag = new EntitySchema<{ id: number; label: string; team: any }>({
  name: 'Tag',
  tableName: 'tags',
  properties: {
    id: { type: 'number', primary: true },
    label: { type: 'string', unique: true, length: 30, fieldName: 'tag_label' },
    team: { kind: 'm:1', entity: 'Team', nullable: true, deleteRule: 'set null' },
  },
});

export const Country = defineEntity({
  name: 'Country',
  properties: {
    code: p.string().primary().length(2),
    longName: p.string().nullable(),
    size: p.integer().default(0),
    capital: () => p.manyToOne(City).nullable(),
    cities: () => p.oneToMany(City).mappedBy('country'),
  },
});
export const City = defineEntity({
  name: 'City',
  tableName: 'cities',
  properties: { id: p.integer().primary(), title: p.text().unique(), country: () => p.manyToOne(Country).inversedBy('cities') },
});
