import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import { Response } from 'express';
import { QueryFailedError } from 'typeorm';

/* Problème 😀 */ export class ProblemFilter implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    response.status(exception.getStatus()).json({ title: exception.message });
  }
}

@Catch(QueryFailedError)
export class BusyDatabaseFilter implements ExceptionFilter {
  catch(_exception: QueryFailedError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(503).json({ title: 'Try again' });
  }
}
