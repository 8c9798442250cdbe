export * from './auth.config';
export * from './database.config';
export * from './environment';
