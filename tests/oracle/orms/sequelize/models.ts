// é😀 Models as Nest projects write them.
import {
  AllowNull, AutoIncrement, BelongsTo, BelongsToMany, Column, CreatedAt, DataType, Default, ForeignKey, HasMany, HasOne,
  Index, Model, PrimaryKey, Table, Unique, UpdatedAt,
} from 'sequelize-typescript';

@Table
export class Team extends Model {
  @Column name: string;
  @HasMany(() => User) members: User[];
}

@Table({ tableName: 'people', timestamps: true, paranoid: true, underscored: true })
export class User extends Model<User> {
  @PrimaryKey @Default(DataType.UUIDV4) @Column(DataType.UUID) id: string;
  @Unique @AllowNull(false) @Column({ type: DataType.STRING(320), field: 'e_mail' }) email: string;
  @Column({ allowNull: false, defaultValue: 0 }) loginCount: number;
  @Column isActive: boolean;
  @Index @Column(DataType.ENUM('a', 'b')) letter: string;
  @Column({ type: DataType.TEXT, unique: true }) bio: string;
  @ForeignKey(() => Team) @Column teamId: number;
  @BelongsTo(() => Team, { onDelete: 'CASCADE' }) team: Team;
  @HasOne(() => Profile) profile: any;
  @BelongsToMany(() => Role, () => UserRole) roles: any[];
  @HasMany(() => Post, 'writerId') posts: any[];
}

@Table({ timestamps: false })
export class Profile extends Model {
  @PrimaryKey @AutoIncrement @Column key: number;
  @ForeignKey(() => User) @Column(DataType.UUID) userId: string;
  @BelongsTo(() => User) user: any;
  @Column at: Date;
}

@Table({ freezeTableName: true, createdAt: 'made', updatedAt: false })
export class Role extends Model { @Column({ type: DataType.STRING }) label: string; }

@Table({ tableName: 'user_roles', timestamps: false })
export class UserRole extends Model {
  @ForeignKey(() => User) @Column(DataType.UUID) userId: string;
  @ForeignKey(() => Role) @Column roleId: number;
}

@Table({ modelName: 'Story' })
export class Post extends Model {
  @ForeignKey(() => User) @Column({ type: DataType.UUID, allowNull: false }) writerId: string;
  @BelongsTo(() => User, 'writerId') writer: any;
  @CreatedAt made: Date;
  @UpdatedAt changed: Date;
}

@Table({ underscored: true })
export class LineCategory extends Model { @Column fullTitle: string; }
