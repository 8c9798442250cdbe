import { Injectable } from '@nestjs/common';

// é😀
@Injectable()
export class FixedService {
  greet(name: string): void {
    /* é😀 */ console.log('é😀', name);
  }
}
