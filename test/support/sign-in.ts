import type { Config } from '../../src/config.ts';
import { type Visited, visit } from './visit.ts';

export interface Entered {
  /** The answer to the form. */
  readonly answer: Visited;
  /** Of the session from now on. */
  readonly cookies: string;
}

/** Signs in at a desa's OpenSID as a browser does: the form, its hidden fields and cookies, then the post. */
export async function signInAt(config: Config, host: string, account: { username: string; password: string }): Promise<Entered> {
  const form = await visit(config, host, '/siteman');
  const fields = new URLSearchParams(account);
  for (const [, name = '', value = ''] of form.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g))
    fields.set(name, value);
  for (const cookie of form.cookies.split('; ')) {
    // OpenSID writes its token into the form by script; the cookie holds the same.
    const [name = '', value = ''] = cookie.split('=');
    if (name === 'sidcsrf') fields.set(name, decodeURIComponent(value));
  }
  const answer = await visit(config, host, '/siteman/auth', { cookies: form.cookies, fields });
  return { answer, cookies: merge(form.cookies, answer.cookies) };
}

function merge(old: string, fresh: string): string {
  const all = new Map<string, string>();
  for (const cookie of [...old.split('; '), ...fresh.split('; ')]) {
    const [name = ''] = cookie.split('=');
    if (name !== '') all.set(name, cookie);
  }
  return [...all.values()].join('; ');
}
