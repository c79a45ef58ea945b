import { finished } from 'node:stream/promises';
import type { Exec, ExecCreateOptions } from 'dockerode';
import { Broken } from '../domain/errors.ts';
import type { CommandResult, CommandRun } from '../domain/ports-containers.ts';
import { converse, type Deadline, judge, nameOf, startDeadline } from './docker-command.ts';
import { inspect } from './docker-container.ts';
import { APP_USER, ask, askIfThere, type Engine, LABEL, notOurs, statusOf } from './docker-engine.ts';
import { demultiplex } from './docker-output.ts';

/** By this variable, which children inherit, the processes of one command are found again. */
const MARK = 'PENDOPO_RUN';

/** The engine cannot end an exec, so a second one does it from inside, and prints what it killed. $1 is the mark. */
const END_MARKED = `
for p in /proc/[0-9]*; do
  if grep -qzxF "$1" "$p/environ" 2>/dev/null && kill -KILL "\${p#/proc/}" 2>/dev/null; then echo "$p"; fi
done`;

/** Should Pendopo itself die, `timeout` inside the container ends the command this much after its limit. */
const GRACE_SECONDS = 30;

/** A command at work in a container. */
interface Started {
  readonly container: string;
  readonly exec: Exec;
  readonly mark: string;
}

export async function execInContainer(engine: Engine, name: string, run: CommandRun): Promise<CommandResult> {
  run.signal.throwIfAborted();
  const info = await inspect(engine, name);
  if (info !== null && info.Config.Labels[LABEL.instance] !== engine.instance) throw notOurs('Container', name);
  const mark = `${MARK}=${engine.ids.next()}`;
  const limit = String(run.command.timeoutSeconds + GRACE_SECONDS);
  const exec = await createExec(engine, name, {
    Cmd: ['timeout', '-s', 'KILL', limit, ...run.command.run],
    Env: [mark],
    AttachStdin: true,
  });
  if (exec === null) throw notRunning(name);
  const started: Started = { container: name, exec, mark };
  const deadline = startDeadline(run);
  const stream = await ask(`menjalankan perintah di container ${name}`, () => exec.start({ hijack: true, stdin: true }));
  const ending = await converse(stream, run, deadline, () => end(engine, started));
  return judge(run, ending, await exitCodeOf(engine, started, run, deadline));
}

/** null when there is no such container (404) or it does not run (409). */
function createExec(engine: Engine, name: string, what: ExecCreateOptions): Promise<Exec | null> {
  return ask(`menyiapkan perintah di container ${name}`, async () => {
    try {
      return await engine.docker.getContainer(name).exec({ ...what, User: APP_USER, AttachStdout: true, AttachStderr: true, Tty: false });
    } catch (error) {
      if (statusOf(error) === 404 || statusOf(error) === 409) return null;
      throw error;
    }
  });
}

function notRunning(name: string): Broken {
  return new Broken('container-tidak-jalan', `Container "${name}" tidak berjalan, jadi perintah tidak dapat dijalankan di dalamnya.`);
}

/** A command may close its output before it ends. */
async function exitCodeOf(engine: Engine, started: Started, run: CommandRun, deadline: Deadline): Promise<number> {
  for (;;) {
    const state = await askIfThere(`memeriksa perintah "${nameOf(run)}"`, () => started.exec.inspect());
    if (state === null) throw notRunning(started.container);
    if (!state.Running) return state.ExitCode ?? -1;
    if (deadline.signal.aborted) {
      await end(engine, started);
      throw deadline.explain();
    }
    await engine.clock.sleep(50);
  }
}

/** Returns when the command's processes are really gone, those it started included. */
async function end(engine: Engine, started: Started): Promise<void> {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const killing = await killMarked(engine, started);
    const state = await askIfThere('memeriksa perintah', () => started.exec.inspect());
    if (killing === 'nothing-left' && state?.Running !== true) return;
    await engine.clock.sleep(100);
  }
  // A container full of processes has no room for the killer either.
  engine.log.warn({ container: started.container }, 'command could not be ended, restarting its container');
  await askIfThere(`memulai ulang container ${started.container}`, () => engine.docker.getContainer(started.container).restart({ t: 1 }));
}

async function killMarked(engine: Engine, { container, mark }: Started): Promise<'killed' | 'nothing-left' | 'failed'> {
  const killer = await createExec(engine, container, { Cmd: ['/bin/sh', '-c', END_MARKED, 'sh', mark] });
  // Where nothing runs, nothing is left.
  if (killer === null) return 'nothing-left';
  let killed = false;
  try {
    const output = await ask('mengakhiri perintah', () => killer.start({ hijack: true }));
    output.on(
      'data',
      demultiplex((channel) => {
        killed ||= channel === 'stdout';
      }),
    );
    await ask('mengakhiri perintah', () => finished(output, { writable: false }));
  } catch (error) {
    if (error instanceof Broken) return 'failed';
    throw error;
  }
  const { ExitCode } = await ask('mengakhiri perintah', () => killer.inspect());
  if (ExitCode !== 0) return 'failed';
  return killed ? 'killed' : 'nothing-left';
}
