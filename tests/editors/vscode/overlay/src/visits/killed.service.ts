import { Injectable } from '@nestjs/common';

// é😀
@Injectable()
export class KilledService {
  greet(name: string): void {
    /* é😀 */ console.log('é😀', name);
  }
}
