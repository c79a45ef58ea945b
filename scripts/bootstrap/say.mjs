/** Ends the bootstrap with a message for people and no stack trace. */
export class Stop extends Error {}

/** Messages go to standard error: standard output belongs to the script. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** A line that tells the seconds of something long: rewritten on a terminal, written once at the end elsewhere. */
export function startTimer(text) {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  const live = process.stderr.isTTY === true;
  if (!live) say(`${text} …`);
  const tick = live ? setInterval(() => process.stderr.write(`\r${text} … ${seconds()} dtk`), 1000) : null;
  if (live) process.stderr.write(`${text} …`);
  return (outcome) => {
    if (tick !== null) clearInterval(tick);
    process.stderr.write(live ? `\r${text} … ${outcome} (${seconds()} dtk)\n` : `  ${outcome} (${seconds()} dtk)\n`);
  };
}
