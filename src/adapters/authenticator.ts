import { createHash, randomBytes } from 'node:crypto';
import { Secret as Key, TOTP } from 'otpauth';
import type { Authenticator } from '../domain/ports-people.ts';
import { Secret } from '../domain/secret.ts';

/** What every authenticator app can do: RFC 6238 with SHA-1, six digits, half a minute. */
const PERIOD_SECONDS = 30;
const KEY_BYTES = 20;
/** Clocks of telephones go wrong by less than that. */
const STEPS_AWAY = 1;

const RECOVERY_CODES = 10;
/** Without those that look alike. 32 of them: five bits a letter. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 80 bits: too many to try, so a plain hash is enough. */
const RECOVERY_LENGTH = 16;

/** @param issuer what the app shows above the account */
export function createAuthenticator(issuer: string): Authenticator {
  const codesOf = (key: Secret, label = ''): TOTP =>
    new TOTP({ issuer, label, secret: Key.fromBase32(key.expose()), algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS });
  return {
    makeKey: () => new Secret(new Key({ size: KEY_BYTES }).base32),
    addressOf: (key, account) => new Secret(codesOf(key, account).toString()),
    stepOf(key, code, at) {
      const token = code.replaceAll(/\s/g, '');
      if (!/^\d{6}$/.test(token)) return null;
      const timestamp = at.getTime();
      const away = codesOf(key).validate({ token, timestamp, window: STEPS_AWAY });
      return away === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + away;
    },
    makeRecoveryCodes: () => Array.from({ length: RECOVERY_CODES }, makeRecoveryCode),
    hashOfRecovery(code) {
      const plain = code.toUpperCase().replaceAll(/[^A-Z2-9]/g, '');
      return plain.length === RECOVERY_LENGTH ? createHash('sha256').update(plain).digest('hex') : null;
    },
  };
}

/** `ABCD-EFGH-JKLM-NPQR` */
function makeRecoveryCode(): Secret {
  const letters = [...randomBytes(RECOVERY_LENGTH)].map((byte) => LETTERS.charAt(byte % LETTERS.length)).join('');
  return new Secret(letters.replaceAll(/(.{4})(?=.)/g, '$1-'));
}
