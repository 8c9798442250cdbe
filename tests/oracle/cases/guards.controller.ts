// Routes whose names say what they are about; see test_guard_rules.py. é 😀
import {
  applyDecorators, CanActivate, Controller, createParamDecorator, ExecutionContext, Get, Inject, Injectable, Module,
  Req, SetMetadata, UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';

const Roles = (...roles: string[]) => SetMetadata('roles', roles);
const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest().user);

@Injectable()
export class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    const role = request.headers.authorization;
    request.user = role ? { role } : undefined;
    return Boolean(role);
  }
}

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext) {
    const roles = this.reflector.getAllAndOverride<string[]>('roles', [context.getHandler(), context.getClass()]);
    if (!roles) return true;
    return roles.includes(context.switchToHttp().getRequest().user?.role);
  }
}

@Injectable()
export class HandlerRolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext) {
    const roles = this.reflector.get<string[]>('roles', context.getHandler());
    if (!roles) return true;
    const { user } = context.switchToHttp().getRequest();
    return roles.includes(user?.role);
  }
}

@Injectable()
export class InjectingGuard implements CanActivate {
  @Inject() private readonly reflector!: Reflector;

  canActivate(context: ExecutionContext) {
    return !this.reflector.get('closed', context.getHandler());
  }
}

@Injectable()
export class GivenGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext) {
    return !this.reflector.get('closed', context.getHandler());
  }
}

const Composed = () => applyDecorators(UseGuards(RolesGuard), UseGuards(TokenGuard));
const Ordered = () => applyDecorators(UseGuards(TokenGuard), UseGuards(RolesGuard));

@Controller()
export class ManyController {
  @Get('askUnread') @Roles('admin') @UseGuards(TokenGuard)
  askUnread() { return 1; }

  @Get('askRead') @Roles('admin') @UseGuards(TokenGuard, RolesGuard)
  askRead() { return 1; }

  @Get('askHandler') @Roles('admin') @UseGuards(TokenGuard, HandlerRolesGuard)
  askHandler() { return 1; }

  @Get('orderWrong') @Roles('admin')
  @UseGuards(RolesGuard, TokenGuard)
  orderWrong() { return 1; }

  @Get('orderRight') @Roles('admin')
  @UseGuards(TokenGuard, RolesGuard)
  orderRight() { return 1; }

  @Get('orderStackedWrong') @Roles('admin')
  @UseGuards(TokenGuard)
  @UseGuards(RolesGuard)
  orderStackedWrong() { return 1; }

  @Get('orderStackedRight') @Roles('admin')
  @UseGuards(RolesGuard)
  @UseGuards(TokenGuard)
  orderStackedRight() { return 1; }

  @Get('orderComposedWrong') @Roles('admin')
  @Composed()
  orderComposedWrong() { return 1; }

  @Get('orderComposedRight') @Roles('admin')
  @Ordered()
  orderComposedRight() { return 1; }

  @Get('orderFree')
  @UseGuards(RolesGuard, TokenGuard)
  orderFree() { return 1; }

  @Get('userGone')
  userGone(@CurrentUser() user: { role: string }) { return user.role; }

  @Get('userOfRequestGone')
  userOfRequestGone(@Req() request: { user: { role: string } }) { return request.user.role; }

  @Get('userKnown') @UseGuards(TokenGuard)
  userKnown(@CurrentUser() user: { role: string }) { return user.role; }

  @Get('userMinded')
  userMinded(@CurrentUser() user: { role: string }) { return user?.role ?? 'guest'; }

  @Get('makeByHand')
  @UseGuards(new InjectingGuard())
  makeByHand() { return 1; }

  @Get('makeByNest')
  @UseGuards(InjectingGuard)
  makeByNest() { return 1; }

  @Get('makeWithAll')
  @UseGuards(new GivenGuard(new Reflector()))
  makeWithAll() { return 1; }
}

@Roles('admin')
@UseGuards(TokenGuard, HandlerRolesGuard)
@Controller()
export class OnClassController {
  @Get('askOnClass')
  askOnClass() { return 1; }
}

@Roles('admin')
@UseGuards(TokenGuard, RolesGuard)
@Controller()
export class OfClassController {
  @Get('askOfClass')
  askOfClass() { return 1; }
}

@UseGuards(RolesGuard)
@Controller()
export class BeforeController {
  @Get('orderClassWrong') @Roles('admin') @UseGuards(TokenGuard)
  orderClassWrong() { return 1; }
}

@UseGuards(TokenGuard)
@Controller()
export class AfterController {
  @Get('orderClassRight') @Roles('admin') @UseGuards(RolesGuard)
  orderClassRight() { return 1; }
}

@Module({
  controllers: [ManyController, OnClassController, OfClassController, BeforeController, AfterController],
})
export class AppModule {}
