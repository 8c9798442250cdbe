import { Body, Controller, Delete, Get, Param, ParseUUIDPipe, Post, Put, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, JwtAuthGuard, Principal } from '@common';
import { CreateReviewDto, EditReviewDto, ReportReviewDto } from './dto';
import { ReviewsService } from './reviews.service';

@ApiTags('catalogue')
@Controller('products/:productId/reviews')
export class ReviewsController {
  constructor(private readonly reviews: ReviewsService) {}

  @Get()
  list(@Param('productId', ParseUUIDPipe) productId: string) {
    return this.reviews.ofProduct(productId);
  }

  @Post()
  @UseGuards(JwtAuthGuard)
  create(
    @Param('productId', ParseUUIDPipe) productId: string,
    @CurrentUser() user: Principal,
    @Body() dto: CreateReviewDto,
  ) {
    return this.reviews.create(productId, user.id, dto);
  }

  @Put(':id')
  edit(@Param('id', ParseUUIDPipe) id: string, @Body() dto: EditReviewDto): Promise<void> {
    return this.reviews.edit(id, dto);
  }

  @Post(':id/reports')
  report(@Param('id', ParseUUIDPipe) id: string, @Body() dto: ReportReviewDto): void {
    this.reviews.report(id, dto);
  }

  @Delete(':id')
  @UseGuards(JwtAuthGuard)
  remove(@Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.reviews.remove(id);
  }
}
