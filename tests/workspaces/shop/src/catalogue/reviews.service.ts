import { Injectable, Logger, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { CreateReviewDto, EditReviewDto, ReportReviewDto } from './dto';
import { Review } from './review.entity';

@Injectable()
export class ReviewsService {
  private readonly log = new Logger('Reviews');

  constructor(@InjectRepository(Review) private readonly reviews: Repository<Review>) {}

  ofProduct(productId: string): Promise<Review[]> {
    return this.reviews.find({ where: { product: { id: productId } }, order: { createdAt: 'DESC' } });
  }

  create(productId: string, authorId: string, dto: CreateReviewDto): Promise<Review> {
    return this.reviews.save({ ...dto, product: { id: productId }, author: { id: authorId } });
  }

  async edit(id: string, dto: EditReviewDto): Promise<void> {
    const { affected } = await this.reviews.update(id, { text: dto.text });
    if (!affected) {
      throw new NotFoundException(`There is no review ${id}`);
    }
  }

  report(id: string, { reason }: ReportReviewDto): void {
    console.warn('Review', id, 'was reported:', reason);
  }

  async remove(id: string): Promise<void> {
    await this.reviews.delete(id);
    this.log.log(`${id} removed`);
  }
}
