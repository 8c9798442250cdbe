export * from './address.dto';
export * from './page-query.dto';
