import { Injectable } from '@nestjs/common';
import { silence } from './silence';

@Injectable()
export class GuestbookService {
  sign(): void {
    silence();
  }
}
