import { isLive } from '../terminal/screen.ts';
import type { Output } from './output.ts';

/** A line below everything that was printed, which goes on changing. Shown on a terminal only. */
export interface LiveLine {
  set(text: string | null): void;
  /** Prints something above it; afterwards the line says what `next` gives. */
  around(print: () => void, next?: () => string | null): void;
}

const CLEAR = '\r\u001b[2K';

export function liveLine({ json, width }: Output): LiveLine {
  if (json || width === null || !isLive()) return { set: () => undefined, around: (print) => print() };
  let shown: string | null = null;
  const draw = (text: string | null): void => {
    if (shown !== null) process.stdout.write(CLEAR);
    // One that wraps could not be cleared again.
    if (text !== null) process.stdout.write(text.slice(0, width - 1));
    shown = text;
  };
  return {
    set(text) {
      if (text !== shown) draw(text);
    },
    around(print, next) {
      const before = shown;
      draw(null);
      print();
      draw(next === undefined ? before : next());
    },
  };
}
