"""What guards do, by their bodies and heritage: `kind` and metadata of the guards in `nestwise routes`."""

from __future__ import annotations

import json

import pytest

MAIN = """\
import { Controller, Get, Module, SetMetadata, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Gate } from './gate';
@UseGuards(Gate)
@Controller('cats')
export class CatsController { @Get() all() { return []; } }
@Module({ controllers: [CatsController] })
export class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
void bootstrap();
"""
HEAD = """\
import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { ThrottlerGuard } from '@nestjs/throttler';
import { ACGuard } from 'nest-access-control';
import { check, throwErr } from './helpers';
import { Strange } from 'somewhere';
"""
REFLECTOR = "constructor(private reflector: Reflector) {} "
ROLES = (
    "const roles = this.reflector.getAllAndOverride('roles', [context.getHandler(), context.getClass()]); "
)


@pytest.fixture
def gate(project, nestwise):
    """The only guard of the only route, and its access."""

    def of(code: str) -> tuple[dict[str, object], str]:
        root = project({"src/main.ts": MAIN, "src/gate.ts": f"{HEAD}/* é😀 */ {code}\n"})
        done = nestwise("routes", "--format", "json", root)
        assert (done.returncode, done.stderr) == (0, "")
        [route] = json.loads(done.stdout)
        [guard] = route["guards"]
        return guard, route["access"]

    return of


def guard(body: str, *, before: str = "", params: str = "context: ExecutionContext") -> str:
    return f"export class Gate implements CanActivate {{ {before}async canActivate({params}) {{ {body} }} }}"


@pytest.mark.parametrize(
    ("code", "kind", "access"),
    [
        ("export class Gate extends AuthGuard('jwt') {}", "authenticates", "guarded"),
        ("export class Gate extends ThrottlerGuard {}", "throttles", "open"),
        ("export class Gate extends ACGuard {}", "authorises", "guarded"),
        ("export class Gate extends Strange {}", "unknown", "unknown"),
        (guard("const { authorization } = request(context).headers; return !!authorization;"),
         "authenticates", "guarded"),
        (guard("return context.switchToHttp().getRequest().user.isAdmin;"), "authorises", "guarded"),
        (guard(ROLES + "return roles.includes(context.switchToHttp().getRequest().user.role);",
               before=REFLECTOR), "authorises", "guarded"),
        (guard("return this.limiter.take(ip(context));"), "throttles", "open"),
        (guard("if (process.env.READONLY) { throw new Error(); } return true;"), "other", "open"),
        (guard("return this.door.opens(context);", before="constructor(private door: Door) {} "),
         "unknown", "unknown"),
        (guard("return check(context);"), "unknown", "unknown"),
        # Nobody is refused …
        (guard("return true;"), "never rejects", "open"),
        (guard("try { await this.jwt.verify(context); } catch {} return true;"), "never rejects", "open"),
        (guard("const user = await this.users.findOne(token(context)); return true;",
               before="constructor(private users: Users) {} "), "unknown", "unknown"),
        (guard("this.getRequest(context).user = await this.users.findOne(1); return true;",
               before="getRequest(context) { return context.switchToHttp().getRequest(); } "),
         "never rejects", "open"),
        ("export class Gate extends AuthGuard('jwt') { handleRequest(error, user) { return user; } }",
         "never rejects", "open"),
        # … but what is called may throw.
        (guard("if (!(await this.users.isOwner(1))) throwErr('é😀'); return true;"), "authorises", "guarded"),
        (guard("await this.jwt.verifyAsync(context); return true;"), "authenticates", "guarded"),
        (guard("try { await this.find(); return true; } catch { throw new Error('no session'); }"),
         "authenticates", "guarded"),
        (guard("this.demand(context); return true;", before="demand(it) { if (!it.token) throw 1; } "),
         "authenticates", "guarded"),
        ("export class Gate extends AuthGuard('jwt') { handleRequest(error, user) {"
         " if (!user) throw new Error(); return user; } }", "authenticates", "guarded"),
        ("export class Gate extends AuthGuard('jwt') { async canActivate(context) {"
         " await super.canActivate(context); return true; } }", "authenticates", "guarded"),
    ],
)  # fmt: skip
def test_a_guard_is_what_it_does(gate, code, kind, access):
    found, said = gate(code)
    assert (found["kind"], said) == (kind, access)


@pytest.mark.parametrize(
    ("body", "public", "required"),
    [
        (ROLES + "if (!roles) return true; return roles.includes(request().user.role);", [], ["roles"]),
        (ROLES + "if (roles === undefined) { return true; } return user.can(roles);", [], ["roles"]),
        (ROLES.replace("'roles'", "OPEN") + "if (roles) return true; return !!request().cookies.id;",
         ["OPEN"], []),
        (ROLES + "if (!roles) throw new Error(); return roles.some((r) => user.roles.has(r));", [], []),
        (ROLES + "if (roles.includes(user.role)) return true; throw new Error();", [], []),
    ],
)  # fmt: skip
def test_metadata_of_a_guard_has_a_direction(gate, body, public, required):
    code = "export const OPEN = Symbol('open');\n" + guard(body, before=REFLECTOR)
    found, _ = gate(code)
    assert (found["public"], found["required"]) == (public, required)
    assert found["reads"] == ["OPEN" if "OPEN" in body else "roles"]
