import { BadRequestException, Injectable, PipeTransform } from '@nestjs/common';

export interface Sku {
  maker: string;
  item: string;
}

@Injectable()
export class ParseSkuPipe implements PipeTransform<unknown, Sku> {
  transform(value: unknown): Sku {
    const parts = typeof value === 'string' ? /^([A-Z]{3})-(\d+)$/.exec(value) : null;
    if (!parts) {
      throw new BadRequestException('A SKU looks like ABC-123');
    }
    return { maker: parts[1], item: parts[2] };
  }
}
