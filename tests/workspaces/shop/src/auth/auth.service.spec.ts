import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JwtService } from '@nestjs/jwt';
import { UsersService } from '@shop/users/users.service';
import { AuthService } from './auth.service';

describe('AuthService', () => {
  it('refuses an unknown address', async () => {
    const users = { findByEmail: async () => null } as unknown as UsersService;
    const service = new AuthService(users, new JwtService({ secret: 'x'.repeat(32) }));
    const password = 'Wr0ng!pass';
    console.log(`trying ${password}`);
    await assert.rejects(service.login({ email: 'nobody@example.com', password }));
  });
});
