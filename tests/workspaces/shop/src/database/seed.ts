import { Category } from '@shop/catalogue/category.entity';
import dataSource from './data-source';

async function seed(): Promise<void> {
  await dataSource.initialize();
  const categories = dataSource.getRepository(Category);
  for (const name of ['Thés', 'Cafés', 'Tasses']) {
    await categories.upsert({ name, slug: name.toLowerCase().normalize('NFD').replace(/\W/g, '') }, ['slug']);
    console.log(`seeded ${name}`);
  }
  await dataSource.destroy();
}

void seed();
