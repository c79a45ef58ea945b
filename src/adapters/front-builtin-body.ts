import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';

export class TooLarge extends Error {}

/** Sends on what a visitor sends, up to this many bytes; a body without a declared length is counted while it streams. @throws TooLarge */
export async function sendBody(question: IncomingMessage, inner: ClientRequest, most: number): Promise<void> {
  let length = 0;
  let last: Buffer | undefined;
  try {
    for await (const part of partsOf(question)) {
      length += part.length;
      if (length > most) throw new TooLarge('body too large');
      if (last !== undefined && !inner.write(last)) await Promise.race([once(inner, 'drain'), once(inner, 'close')]);
      if (inner.destroyed) return;
      last = part;
    }
  } catch (error) {
    inner.destroy();
    throw error;
  }
  // With the end in one go: an app that has all of it may answer and hang up before an end of its own could be written.
  inner.end(last);
}

/** Nobody sets an encoding: bytes. */
function partsOf(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return body;
}

/** The app is asked, and what the visitor sends along is read and thrown away. */
export async function sendNoBody(question: IncomingMessage, inner: ClientRequest): Promise<void> {
  question.resume();
  inner.end();
}
