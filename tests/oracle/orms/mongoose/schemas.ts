// é😀 Documents as Nest and as Mongoose have them.
import { Prop, Schema, SchemaFactory, raw } from '@nestjs/mongoose';
import mongoose, { HydratedDocument, Schema as MongooseSchema, Types } from 'mongoose';

export enum Kind { Tame = 'tame', Wild = 'wild' }

@Schema({ _id: false })
export class Toy {
  @Prop({ required: true }) name: string;
  @Prop() size?: number;
}
export const ToySchema = SchemaFactory.createForClass(Toy);

export abstract class Living {
  @Prop({ required: [true, 'when?'], index: true }) born: Date;
}

@Schema({ timestamps: true, collection: 'felines' })
export class Cat extends Living {
  @Prop({ unique: true, required: true }) name: string;
  @Prop() age: number;
  @Prop({ default: true, select: false }) tame: boolean;
  @Prop([String]) tags: string[];
  @Prop({ type: [Number], default: [1] }) sizes: number[];
  @Prop({ type: String, enum: Kind, default: Kind.Tame }) kind: Kind;
  @Prop({ type: mongoose.Schema.Types.ObjectId, ref: 'Owner', required: true }) owner: Types.ObjectId;
  @Prop({ type: [{ type: Types.ObjectId, ref: 'Cat' }] }) friends: Types.ObjectId[];
  @Prop({ type: ToySchema }) toy: Toy;
  @Prop([ToySchema]) toys: Toy[];
  @Prop({ type: MongooseSchema.Types.Mixed }) anything: unknown;
  @Prop(raw({ first: { type: String, required: true }, last: { type: String } })) fullName: Record<string, unknown>;
  @Prop({ type: Map, of: String }) words: Map<string, string>;
  @Prop({ type: Object }) meta: object;
  @Prop({ type: MongooseSchema.Types.Decimal128 }) price: unknown;
}
export type CatDocument = HydratedDocument<Cat>;
export const CatSchema = SchemaFactory.createForClass(Cat);

@Schema({ timestamps: { createdAt: 'made', updatedAt: false } })
export class StoryCategory {
  @Prop({ required: false }) label: string;
}
export const StoryCategorySchema = SchemaFactory.createForClass(StoryCategory);

export const ownerSchema = new MongooseSchema({
  name: { type: String, required: true, unique: true },
  nick: String,
  address: { street: String, place: { city: { type: String, default: 'x' } } },
  cats: [{ type: MongooseSchema.Types.ObjectId, ref: 'Cat' }],
  notes: [String],
  toys: [ToySchema],
  toy: ToySchema,
  joined: { type: Date, default: Date.now },
  type: { type: String },
  active: 'boolean',
}, { timestamps: true });
export const Owner = mongoose.models.Owner || mongoose.model('Owner', ownerSchema);
