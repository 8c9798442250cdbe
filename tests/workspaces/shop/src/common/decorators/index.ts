export * from './api-paginated.decorator';
export * from './auth.decorator';
export * from './current-user.decorator';
export * from './fields.decorator';
export * from './public.decorator';
export * from './roles.decorator';
