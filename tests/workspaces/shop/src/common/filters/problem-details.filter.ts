import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';

/** RFC 9457: every HTTP error has the same shape. */
@Catch(HttpException)
export class ProblemDetailsFilter implements ExceptionFilter<HttpException> {
  catch(exception: HttpException, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const status = exception.getStatus();
    const body = exception.getResponse();
    const detail = typeof body === 'string' ? body : (body as { message?: unknown }).message;
    response.status(status).type('application/problem+json').json({ status, title: exception.name, detail });
  }
}
