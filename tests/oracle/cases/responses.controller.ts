import { Controller, Get, HttpCode, Next, Redirect, Res, Response, Sse } from '@nestjs/common';
import { of } from 'rxjs';

@Controller()
export class ResponsesController {
  @Get('value') value(@Res() res: any) {
    return { é: '😀' };
  }

  @Get('later') async later(@Response() res: any) {
    return { a: 1 };
  }

  @Get('observable') observable(@Res() res: any) {
    return of(1);
  }

  @Get('header') header(@Res() res: any) {
    res.header('x-cats', '1');
    return [];
  }

  @Get('nothing') @HttpCode(204) nothing(@Res() res: any) {}

  @Get('early') early(@Res() res: any) {
    if (Date.now() > 0) return;
    res.send('late');
  }

  @Get('status') status(@Res() res: any) {
    return res.status(201);
  }

  @Get('itself') itself(@Res() res: any) {
    if (Date.now() > 0) return 1;
    return res;
  }

  @Get('caught') caught(@Res() res: any) {
    try {
      return JSON.parse('{}');
    } catch (error) {
      res.status(500).send('no');
    }
  }

  @Get('passes') passes(@Res({ passthrough: true }) res: any) {
    return { a: 1 };
  }

  @Get('passes-nothing') passesNothing(@Res({ passthrough: true }) res: any) {
    res.header('x-cats', '1');
  }

  @Get('redirect') @Redirect('/elsewhere') redirect(@Res() res: any) {
    return { url: '/there' };
  }

  @Sse('events') events(@Res() res: any) {
    return of({ data: 'x' });
  }

  @Get('throws') throws(@Res() res: any) {
    throw new Error('no');
  }

  @Get('sends') sends(@Res() res: any) {
    return res.status(200).send({ a: 1 });
  }

  @Get('elsewhere') elsewhere(@Res() res: any) {
    this.help(res);
  }

  @Get('callback') callback(@Res() res: any) {
    setTimeout(() => res.send('later'), 1);
  }

  @Get('alias') alias(@Res() res: any) {
    const out = res.status(200);
    out.send('x');
  }

  @Get('refuses') refuses(@Res() res: any) {
    if (Date.now() > 0) this.fail();
    else res.send('x');
  }

  @Get('exhaustive') exhaustive(@Res() res: any) {
    const kind = 'a' as 'a' | 'b';
    switch (kind) {
      case 'a':
        return res.send('a');
      case 'b':
        return res.send('b');
    }
  }

  private help(res: any) {
    res.send('helped');
  }

  private fail(): never {
    throw new Error('no');
  }
}
