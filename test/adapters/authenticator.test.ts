import { expect, it } from 'vitest';
import { createAuthenticator } from '../../src/adapters/authenticator.ts';
import { Secret } from '../../src/domain/secret.ts';

const authenticator = createAuthenticator('Pendopo uji');
/** The key and the codes of RFC 6238, appendix B, of which apps show the last six digits. */
const RFC_KEY = new Secret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
const RFC_CODES = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
] as const;

it.each(RFC_CODES)('knows the code of the standard at second %i', (second, code) => {
  const at = new Date(second * 1000);
  expect(authenticator.stepOf(RFC_KEY, code, at)).toBe(Math.floor(second / 30));
  expect(authenticator.stepOf(RFC_KEY, `${code.slice(0, 3)} ${code.slice(3)}`, at)).toBe(Math.floor(second / 30));
});

it('forgives a clock that is half a minute off, and no more', () => {
  const at = (second: number) => new Date(second * 1000);
  expect(authenticator.stepOf(RFC_KEY, '287082', at(59 + 30))).toBe(1);
  expect(authenticator.stepOf(RFC_KEY, '287082', at(59 - 30))).toBe(1);
  expect(authenticator.stepOf(RFC_KEY, '287082', at(59 + 61))).toBeNull();
  for (const code of ['', '28708', '2870820', 'abcdef', '287083']) expect(authenticator.stepOf(RFC_KEY, code, at(59)), code).toBeNull();
});

it('tells apps all they need, and makes keys and recovery codes nobody guesses', () => {
  const key = authenticator.makeKey();
  expect(key.expose()).toMatch(/^[A-Z2-7]{32}$/);
  expect(authenticator.makeKey().expose()).not.toBe(key.expose());
  expect(authenticator.addressOf(key, 'siti').expose()).toBe(
    `otpauth://totp/Pendopo%20uji:siti?issuer=Pendopo%20uji&secret=${key.expose()}&algorithm=SHA1&digits=6&period=30`,
  );
  const codes = authenticator.makeRecoveryCodes().map((code) => code.expose());
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){3}$/);
    const hash = authenticator.hashOfRecovery(code);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(authenticator.hashOfRecovery(` ${code.toLowerCase().replaceAll('-', ' ')}`), 'however it is typed').toBe(hash);
  }
  for (const code of ['123456', '', 'ABCD-EFGH']) expect(authenticator.hashOfRecovery(code)).toBeNull();
});
