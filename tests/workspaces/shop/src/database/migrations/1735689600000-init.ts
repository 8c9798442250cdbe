import { MigrationInterface, QueryRunner } from 'typeorm';

export class Init1735689600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    console.log('creating the schema');
    await runner.query(`CREATE TYPE "users_roles_enum" AS ENUM ('customer', 'support', 'admin')`);
    await runner.query(`CREATE TYPE "orders_status_enum" AS ENUM ('placed', 'paid', 'shipped', 'cancelled')`);
    await runner.query(`CREATE TABLE "users" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "email" varchar NOT NULL UNIQUE, "name" varchar NOT NULL,
      "locale" varchar NOT NULL DEFAULT 'fr', "password_hash" varchar NOT NULL,
      "roles" "users_roles_enum"[] NOT NULL DEFAULT '{customer}', "avatar_url" varchar)`);
    await runner.query(`CREATE TABLE "categories" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "slug" varchar NOT NULL UNIQUE, "name" varchar NOT NULL)`);
    await runner.query(`CREATE TABLE "products" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "slug" varchar NOT NULL UNIQUE, "name" varchar NOT NULL,
      "description" text NOT NULL, "price" numeric(10,2) NOT NULL, "stock" int NOT NULL DEFAULT 0,
      "tags" text[] NOT NULL DEFAULT '{}', "categoryId" uuid REFERENCES "categories" ON DELETE RESTRICT)`);
    await runner.query(`CREATE TABLE "reviews" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "stars" smallint NOT NULL, "text" text NOT NULL,
      "authorId" uuid REFERENCES "users" ON DELETE CASCADE,
      "productId" uuid REFERENCES "products" ON DELETE CASCADE)`);
    await runner.query(`CREATE TABLE "carts" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "coupon" varchar,
      "owner_id" uuid REFERENCES "users" ON DELETE CASCADE)`);
    await runner.query(`CREATE TABLE "cart_items" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "quantity" int NOT NULL,
      "cartId" uuid REFERENCES "carts" ON DELETE CASCADE,
      "productId" uuid REFERENCES "products" ON DELETE CASCADE)`);
    await runner.query(`CREATE TABLE "orders" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "status" "orders_status_enum" NOT NULL DEFAULT 'placed',
      "total" numeric(10,2) NOT NULL, "shipping" jsonb NOT NULL,
      "customer_id" uuid REFERENCES "users" ON DELETE RESTRICT)`);
    await runner.query(`CREATE TABLE "order_lines" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "quantity" int NOT NULL, "price" numeric(10,2) NOT NULL,
      "orderId" uuid REFERENCES "orders" ON DELETE CASCADE,
      "productId" uuid REFERENCES "products" ON DELETE RESTRICT)`);
    await runner.query(`CREATE TABLE "payments" (
      "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "createdAt" timestamptz NOT NULL DEFAULT now(),
      "updatedAt" timestamptz NOT NULL DEFAULT now(), "reference" varchar NOT NULL UNIQUE,
      "amount" numeric(10,2) NOT NULL, "captured_at" timestamptz,
      "orderId" uuid REFERENCES "orders" ON DELETE RESTRICT)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['payments', 'order_lines', 'orders', 'cart_items', 'carts', 'reviews', 'products', 'categories', 'users']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
    await runner.query(`DROP TYPE "orders_status_enum"`);
    await runner.query(`DROP TYPE "users_roles_enum"`);
  }
}
