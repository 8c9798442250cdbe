import { Injectable } from '@nestjs/common';

// é😀
@Injectable()
export class ReceptionService {
  greet(name: string): void {
    /* é😀 */ console.log('é😀', name);
  }
}
