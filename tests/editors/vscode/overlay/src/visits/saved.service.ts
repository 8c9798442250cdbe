import { Injectable } from '@nestjs/common';

// é😀
@Injectable()
export class SavedService {
  greet(name: string): void {
    /* é😀 */ console.log('é😀', name);
  }
}
