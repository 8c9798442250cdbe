import { Injectable } from '@nestjs/common';

// é😀
@Injectable()
export class FarewellService {
  greet(name: string): void {
    /* é😀 */ console.log('é😀', name);
  }
}
