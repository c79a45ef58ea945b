import { Transform } from 'node:stream';

export interface DefinerFilter {
  readonly stream: Transform;
  /** Whether the dump's own end mark came by. */
  isComplete(): boolean;
}

const NEWLINE = 0x0a;
/** Longer lines are data: the ones we change fit easily. */
const LONGEST_LINE = 4096;
/** Lines we may change or must see begin so: `/` view heads, `D` DELIMITER, `C` CREATE, `-` the end mark. Rows begin with `(`. */
const FIRST_BYTES = new Set(Array.from('/DC-', (letter) => letter.charCodeAt(0)));

const SANDBOX = /^\/\*M?!999999\\- enable the sandbox mode \*\/ ?$/;
const VIEW_HEAD = /^\/\*!50001 CREATE ALGORITHM=/;
const VIEW_DEFINER = /^\/\*!50013 DEFINER=.* SQL SECURITY (?:DEFINER|INVOKER) \*\/$/s;
const ROUTINE_HEAD = /^CREATE DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*` /;
const ROUTINE_BEGINS = 'DELIMITER ;;';
const END_MARK = '-- Dump completed';

/** The line to write instead, '' for none, or null to leave it. Lines are latin1 text: one character a byte. */
function replacement(line: string, before: string): string | null {
  if (SANDBOX.test(line)) return '';
  if (VIEW_HEAD.test(before) && VIEW_DEFINER.test(line)) return '/*!50013 SQL SECURITY INVOKER */\n';
  if (before === ROUTINE_BEGINS && ROUTINE_HEAD.test(line)) return `${line.replace(ROUTINE_HEAD, 'CREATE ')}\n`;
  return null;
}

/**
 * Takes the definers out of a dump while it streams: they name accounts that another server, or this one after a
 * removal, does not have. Views then act with the rights of who asks (SQL SECURITY INVOKER). Also drops the sandbox
 * line, which older clients refuse. All else passes byte for byte: a line is changed only where the dump's own grammar
 * puts a definer, right after a view's head or as the first line of a routine, never inside data.
 */
export function createDefinerFilter(): DefinerFilter {
  let held: Buffer = Buffer.alloc(0);
  let insideLongLine = false;
  let before = '';
  let complete = false;

  const look = (line: string): string | null => {
    const instead = replacement(line, before);
    before = line;
    if (line.startsWith(END_MARK)) complete = true;
    return instead;
  };

  /** What may go on; the start of a line that is not whole yet is held back. */
  const filter = (bytes: Buffer): Buffer => {
    const out: Buffer[] = [];
    let unchanged = 0;
    let at = 0;
    for (const line of linesOf(bytes, insideLongLine)) {
      const instead = line.matters ? look(bytes.toString('latin1', at, line.end)) : null;
      if (instead !== null) {
        out.push(bytes.subarray(unchanged, at), Buffer.from(instead, 'latin1'));
        unchanged = line.next;
      }
      if (!line.matters) before = '';
      insideLongLine = !line.isWhole;
      at = line.next;
    }
    held = bytes.subarray(at);
    return Buffer.concat([...out, bytes.subarray(unchanged, at)]);
  };

  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, filter(held.length === 0 ? chunk : Buffer.concat([held, chunk])));
    },
    flush(done) {
      // The end mark is the dump's last line and may come without a newline.
      const last = look(held.toString('latin1'));
      done(null, last === null ? held : Buffer.from(last, 'latin1'));
    },
  });
  return { stream, isComplete: () => complete };
}

interface Line {
  /** Where its newline is, or the bytes end. */
  readonly end: number;
  readonly next: number;
  readonly isWhole: boolean;
  readonly matters: boolean;
}

/** The lines of a chunk, without a last one that matters and is not whole yet. */
function* linesOf(bytes: Buffer, startsInside: boolean): Generator<Line> {
  let inside = startsInside;
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at);
    const isWhole = newline >= 0;
    const end = isWhole ? newline : bytes.length;
    const matters = !inside && end - at <= LONGEST_LINE && FIRST_BYTES.has(bytes[at] ?? 0);
    if (matters && !isWhole) return;
    at = isWhole ? end + 1 : end;
    inside = !isWhole;
    yield { end, next: at, isWhole, matters };
  }
}
