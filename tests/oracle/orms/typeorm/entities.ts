// é😀 Entities of all kinds, as projects write them.
import {
  BaseEntity, ChildEntity, Column, CreateDateColumn, DeleteDateColumn, Entity, EntitySchema, Generated, Index,
  JoinColumn, JoinTable, ManyToMany, ManyToOne, ObjectIdColumn, OneToMany, OneToOne, PrimaryColumn, Relation,
  PrimaryGeneratedColumn, RelationId, TableInheritance, Tree, TreeChildren, TreeParent, Unique, UpdateDateColumn,
  VersionColumn, ViewColumn, ViewEntity, VirtualColumn,
} from 'typeorm';
import { AuditedEntity, EMAIL, Role } from './base';

export class Name {
  @Column() first: string;
  @Column({ name: 'last_name', nullable: true }) last?: string;
}

export class Address {
  @Column() street: string;
  @Column({ length: 10 }) zipCode: string;
  @Column(() => Name) contact: Name;
}

@Entity()
@Index(['email', 'role'], { unique: true })
@Index('by_nick', ['nickName'])
@Unique('nick_tenant', ['nickName', 'tenant'])
export class UserAccount extends AuditedEntity {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column({ ...EMAIL, name: 'e_mail' }) email: string;
  @Index() @Column('varchar', { length: 40, nullable: true, select: false }) nickName: string | null;
  @Column({ type: 'enum', enum: Role, default: Role.User }) role: Role;
  @Column({ type: 'simple-array', default: '' }) tags: string[];
  @Column('text', { array: true, default: () => 'ARRAY[]::text[]' }) labels: string[];
  @Column('decimal', { precision: 10, scale: 2, default: 0 }) balance: number;
  @Column({ default: null }) tenant: string;
  @Column(() => Name) name: Name;
  @Column(() => Address, { prefix: 'home' }) home: Address;
  @Column(() => Name, { prefix: false }) plain: Name;
  @Column() @Generated('uuid') token: string;
  @Column({ generated: 'increment', type: 'int' }) counter: number;
  @Column({ type: 'int', asExpression: 'balance * 2', generatedType: 'STORED' }) doubled: number;
  @Column({ type: Boolean, default: false }) active: boolean;
  @Column(String) bio: string;
  @Column({ enum: ['a', 'b'], type: 'enum', nullable: true }) letter: string;
  @OneToOne(() => Profile, (profile) => profile.user, { cascade: true, eager: true }) @JoinColumn() profile: Relation<Profile>;
  @OneToMany(() => Post, 'author') posts: Post[];
  @ManyToMany(() => Team, (team) => team.members) teams: Promise<Team[]>;
  @ManyToMany(() => Team) @JoinTable() favourites: Team[];
  @ManyToMany(() => Team) @JoinTable({ name: 'user_admin_of' }) adminOf: Team[];
  @RelationId((user: UserAccount) => user.profile) profileId: string;
  fullName(): string { return ''; }
}

@Entity('profiles', { schema: 'people' })
export class Profile extends BaseEntity {
  @PrimaryColumn() userId: number;
  @OneToOne('UserAccount', 'profile', { onDelete: 'CASCADE' }) user: UserAccount;
  @VersionColumn() version: number;
  @DeleteDateColumn() deletedAt: Date;
}

@Entity({ name: 'posts', schema: 'blog' })
export class Post {
  @PrimaryGeneratedColumn() id: number;
  @PrimaryColumn({ type: 'varchar', length: 2 }) lang: string;
  @Column({ unique: true }) slug: string;
  @Column({ name: 'author_id' }) authorId: string;
  @ManyToOne(() => UserAccount, (u) => u.posts, { onDelete: 'SET NULL', onUpdate: 'CASCADE', nullable: false, cascade: ['insert', 'update'] })
  @JoinColumn({ name: 'author_id' })
  author: UserAccount;
  @ManyToOne(() => UserAccount) editor: UserAccount;
  @ManyToOne(() => Profile, { lazy: true }) @JoinColumn({ name: 'profile', referencedColumnName: 'userId' }) profile: Promise<Profile>;
  @OneToMany(() => Comment, (c) => c.post, { cascade: ['remove'] }) comments: Comment[];
  @CreateDateColumn({ type: 'timestamptz' }) createdAt: Date;
  @VirtualColumn({ query: (alias) => `SELECT COUNT(*) FROM x WHERE id = ${alias}.id` }) total: number;
}

@Entity()
export class Comment {
  @PrimaryGeneratedColumn('identity') id: number;
  @Column('text') body: string;
  @ManyToOne(() => Post, (p) => p.comments) post: Post;
  @Column({ type: 'jsonb', nullable: true, default: {} }) meta: object;
  @Column({ type: 'timestamp', precision: 3, nullable: true }) seen: Date;
}

@Entity('HTTPLogs')
export class HTTPLog {
  @PrimaryGeneratedColumn('rowid') id: number;
}
@Entity()
export class APIKeyV2 {
  @PrimaryColumn('uuid') id: string;
  @Column('date') from: string;
}

@Entity()
@Tree('materialized-path')
export class Category {
  @PrimaryGeneratedColumn() id: number;
  @TreeParent({ onDelete: 'CASCADE' }) parent: Category;
  @TreeChildren({ cascade: true }) children: Category[];
}

@Entity()
export class Team {
  @PrimaryGeneratedColumn() id: number;
  @ManyToMany(() => UserAccount, (user) => user.teams) @JoinTable() members: UserAccount[];
}

@Entity()
@TableInheritance({ column: { type: 'varchar', name: 'kind' } })
export class Content extends AuditedEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' }) id: string;
  @Column({ type: 'varchar', length: '20' }) title: string;
}
@ChildEntity()
export class Photo extends Content {
  @Column({ nullable: true }) size: number;
}

@ViewEntity({ name: 'post_view', expression: 'SELECT 1' })
export class PostView {
  @ViewColumn() id: number;
  @ViewColumn({ name: 'the_title' }) title: string;
}

export const TagSchema = new EntitySchema<{ id: number; label: string }>({
  name: 'Tag',
  tableName: 'tags',
  columns: {
    id: { type: Number, primary: true, generated: true },
    label: { type: 'varchar', length: 30, unique: true, name: 'tag_label' },
    made: { type: 'timestamp', createDate: true },
    note: { type: String, nullable: true },
  },
  relations: { above: { type: 'many-to-one', target: 'Tag', joinColumn: { name: 'above_tag' }, onDelete: 'CASCADE' } },
  indices: [{ columns: ['label', 'note'], unique: true }],
});
