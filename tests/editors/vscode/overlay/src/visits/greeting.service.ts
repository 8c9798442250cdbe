import { Injectable } from '@nestjs/common';

// é😀
@Injectable()
export class GreetingService {
  greet(name: string): void {
    /* é😀 */ console.log('é😀', name);
  }
}
