import { Injectable } from '@nestjs/common';
import { quiet } from './quiet';

@Injectable()
export class TypingService {
  greet(): void {
    quiet();
  }
}
