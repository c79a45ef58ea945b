import { describe, expect, it } from 'vitest';
import { hashPassword, isOutdated, NOBODYS_HASH, verifyPassword } from '../../src/api/password.ts';

describe('a password', () => {
  it('is kept as argon2id with the cost OWASP asks for, salted', async () => {
    const [first, second] = await Promise.all([hashPassword('kuda-lumping 77'), hashPassword('kuda-lumping 77')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(second).not.toBe(first);
    expect(isOutdated(first)).toBe(false);
    expect(await verifyPassword(first, 'kuda-lumping 77')).toBe(true);
    expect(await verifyPassword(first, 'kuda-lumping 78')).toBe(false);
  });

  it('is the same however its letters were composed', async () => {
    expect(await verifyPassword(await hashPassword('se\u0301tapak jauh'), 's\u00e9tapak jauh')).toBe(true);
  });

  it('of another program is read, with its own cost', async () => {
    // From the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1
    const cheap = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await verifyPassword(cheap, 'password')).toBe(true);
    expect(isOutdated(cheap)).toBe(true);
  });

  it.each(['', 'kuda', '$2y$10$abcdefghijklmnopqrstuv', '$argon2id$v=19$m=1,t=1,p=1$x$y'])(
    'does not match the unreadable hash "%s"',
    async (hash) => {
      expect(await verifyPassword(hash, 'kuda')).toBe(false);
      expect(isOutdated(hash)).toBe(true);
    },
  );

  it('never matches the hash of nobody', async () => {
    expect(await verifyPassword(NOBODYS_HASH, '')).toBe(false);
    expect(isOutdated(NOBODYS_HASH), 'it must cost as much as a real one').toBe(false);
  });
});
