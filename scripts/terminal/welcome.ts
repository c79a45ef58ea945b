import type { House } from '../services/supervise.ts';

/** How to reach the admin pages, and the first password when it was made just now. */
export function adminRows({ settings, admin }: House): readonly (readonly [string, string])[] {
  const { http, dataFolder } = settings.config;
  const host = http.host === '0.0.0.0' ? 'localhost' : http.host;
  const signIn: readonly (readonly [string, string])[] =
    admin === null
      ? [['Masuk', 'dengan akun yang sudah ada']]
      : [
          ['Pengguna', admin.username],
          ['Kata sandi', `${admin.password}   (sementara; diganti saat pertama masuk)`],
        ];
  // From another computer the address 127.0.0.1 of a server is reached through its SSH.
  const tunnel: readonly (readonly [string, string])[] =
    process.env.SSH_CONNECTION !== undefined && http.host === '127.0.0.1'
      ? [['Dari komputer Anda', `ssh -L ${http.port}:127.0.0.1:${http.port} <server ini>`]]
      : [];
  return [['Panel admin', `http://${host}:${http.port}/`], ...signIn, ...tunnel, ['Folder data', dataFolder]];
}
