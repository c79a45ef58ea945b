import { paint } from '../terminal/screen.ts';

/** Where answers go. Standard output carries the answer and nothing else; everything said beside it goes to standard error. */
export interface Output {
  readonly json: boolean;
  /** Columns of the terminal; null when nobody's terminal is there to be filled. */
  readonly width: number | null;
  /** The answer, as a JSON document or as text for people. */
  answer(document: unknown, text: () => string): void;
  /** One of many answers: a line of NDJSON, or of text. null: nothing to tell people. */
  line(record: unknown, text: string | null): void;
  /** Something worth knowing beside the answer. Programs are not told. */
  note(text: string): void;
  fail(text: string): void;
}

export function createOutput(json: boolean): Output {
  const print = (text: string): boolean => process.stdout.write(`${text}\n`);
  return {
    json,
    width: process.stdout.isTTY === true ? process.stdout.columns : null,
    answer: (document, text) => void print(json ? JSON.stringify(document, null, 2) : text()),
    line(record, text) {
      if (json) print(JSON.stringify(record));
      else if (text !== null) print(text);
    },
    note(text) {
      if (!json) process.stderr.write(`${text}\n`);
    },
    fail: (text) => void process.stderr.write(json ? `${text}\n` : `${paint('red', '✘')} ${text}\n`),
  };
}

/** How the reader called us, for the commands we tell them to type. */
export function commandName(): string {
  return process.env.npm_lifecycle_event === 'pendopo' ? 'npm run -s pendopo --' : 'pendopo';
}
