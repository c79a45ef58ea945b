import { Broken, type PendopoError, Unavailable } from '../domain/errors.ts';
import { withoutPassword } from './git-address.ts';

/** git has one exit code for everything, so its English words (LC_ALL=C) have to tell apart. First match counts. */
const MEANINGS: readonly (readonly [RegExp, (repo: string, cause: Error) => PendopoError])[] = [
  [/no space left on device/i, (_repo, cause) => new Broken('disk-penuh', 'Ruang disk server habis.', { cause })],
  [
    /does not support shallow/i,
    (repo, cause) => new Broken('git-tanpa-shallow', `Repositori ${repo} hanya dapat diambil beserta seluruh riwayatnya.`, { cause }),
  ],
  [
    /repository corruption|unable to read [0-9a-f]{40}|bad object|missing (blob|tree|commit)|object file .* is empty/i,
    (repo, cause) =>
      new Broken('repositori-rusak', `Repositori ${repo} rusak atau tidak lengkap.`, {
        cause,
        advice: 'Perbaiki salinan repositori itu (misalnya dengan mengambilnya ulang), lalu tekan Coba lagi.',
      }),
  ],
  [
    /could not read (username|password)|authentication failed|terminal prompts disabled|permission denied \(|returned error: 40[13]/i,
    (repo, cause) =>
      new Broken('git-ditolak', `Repositori ${repo} menolak kita: tidak ada, atau memerlukan akun.`, {
        cause,
        advice: 'Periksa alamatnya, dan token atau kunci yang dipakai server ini.',
      }),
  ],
  [
    /does not appear to be a git repository|repository .* not found|not a git repository|returned error: 404|no such file or directory/i,
    (repo, cause) =>
      new Broken('repositori-tidak-ada', `Tidak ada repositori git di ${repo}.`, {
        cause,
        advice: 'Periksa alamat repositori aplikasi ini.',
      }),
  ],
];

const UNREACHABLE =
  /could not resolve|failed to connect|couldn't connect|connection (refused|reset|timed out|closed)|operation timed out|network is unreachable|no route to host|early eof|rpc failed|unable to access|unexpected disconnect|hung up|could not read from remote|block timeout|ssl|gnutls/i;

/** What went wrong with git, in our words and without any password. */
export function gitError(what: string, repo: string, error: unknown): PendopoError {
  const text = essence(withoutPassword(error instanceof Error ? error.message : String(error)));
  // The original carries the address with its password, so it does not travel along.
  const cause = new Error(text);
  const shown = withoutPassword(repo);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(text));
  if (meaning !== undefined) return meaning[1](shown, cause);
  if (UNREACHABLE.test(text)) return unreachable(shown, cause);
  return new Broken('git-gagal', `git gagal ${what}: ${text.split('\n').at(-1) ?? ''}`, { cause });
}

export function unreachable(repo: string, cause: Error): Unavailable {
  return new Unavailable('git-tidak-terjangkau', `Repositori ${withoutPassword(repo)} tidak terjangkau dari server ini.`, {
    cause,
    advice: 'Periksa jaringan server, atau arahkan aplikasi ini ke salinan repositori setempat.',
  });
}

/** Without the progress reports, which are most of what a fetch says. */
function essence(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !/\d+% \(\d+\/\d+\)|^(remote: )?\w+ objects: \d+/.test(line)).join('\n');
}
