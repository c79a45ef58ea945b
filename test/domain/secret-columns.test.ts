import { expect, it } from 'vitest';
import { looksSecret } from '../../src/domain/secret-columns.ts';

it('a column whose name says that it opens something is told from one that only sounds like it', () => {
  const secret =
    'password passwd email_token token_exp pamong_pin pin remember_token session kode_otp app_key apiKey api_secret sandi tte_password';
  for (const name of secret.split(' ')) expect([name, looksSecret(name)]).toEqual([name, true]);
  const harmless = 'key kd_smartphone pinjaman passing_grade id_persil tag_id_card no_kk nama_asesor keterangan';
  for (const name of harmless.split(' ')) expect([name, looksSecret(name)]).toEqual([name, false]);
});
