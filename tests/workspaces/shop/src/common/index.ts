export * from './decorators';
export * from './dto';
export { ShopEntity } from './entities/shop.entity';
export { ProblemDetailsFilter } from './filters/problem-details.filter';
export * from './guards';
export { RequestLoggingInterceptor } from './interceptors/request-logging.interceptor';
export { JsonLogger } from './logging/json-logger';
export { PartnerKeyMiddleware } from './middleware/partner-key.middleware';
export { RequestIdMiddleware } from './middleware/request-id.middleware';
