export * from './product.dto';
export * from './search-products.dto';
export type { CreateReviewDto, EditReviewDto } from './review.dto';
export { ReportReviewDto } from './review.dto';
