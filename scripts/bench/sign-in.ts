/** A token for the API. */
export async function tokenOf(origin: string, user: object): Promise<string> {
  const answer = await fetch(`${origin}/api/v1/auth/masuk`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(user),
  });
  const body: unknown = await answer.json();
  if (typeof body === 'object' && body !== null && 'accessToken' in body) return String(body.accessToken);
  throw new Error(`signing in at the API answered ${answer.status}`);
}

/** As a browser: fetches the form, sends it, keeps the cookies. */
export async function cookieOf(origin: string, { username, password }: { username: string; password: string }): Promise<string> {
  const form = await fetch(`${origin}/masuk`);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
  const signedIn = await fetch(`${origin}/masuk`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookiesFrom(form), 'content-type': 'application/x-www-form-urlencoded', origin },
    body: new URLSearchParams({ _csrf: csrf, username, password }),
  });
  if (signedIn.status !== 302 && signedIn.status !== 303) throw new Error(`signing in at the page answered ${signedIn.status}`);
  return cookiesFrom(signedIn);
}

function cookiesFrom(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}
