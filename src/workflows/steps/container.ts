import { Broken } from '../../domain/errors.ts';
import type { ProbeManifest } from '../../domain/manifest.ts';
import type { Plan } from '../../domain/plan.ts';
import { digitsOf } from '../../domain/wilayah.ts';
import { isMadeFrom, markedSpec } from '../container-mark.ts';
import { execCommand, labelsOf, socketOf } from '../container-spec.ts';
import type { Step, StepTools } from '../step.ts';
import { publicValuesOf, valuesOf } from '../values.ts';
import { isClaimed } from './claims.ts';

const TAIL_LINES = 15;

export const startContainer: Step = {
  name: 'start-container',
  label: 'Menyalakan kontainer',
  async isDone(plan, tools) {
    const state = await tools.containers.find(plan.names.container);
    return state?.running === true && isMadeFrom(await markedSpec(plan, tools), state);
  },
  run: (plan, tools) => runContainer(plan, tools),
  undo: (plan, tools) => removeClaimed(plan, tools),
};

/** The container of the plan, new; one that is there gives way. */
export async function runContainer(plan: Plan, tools: StepTools, labels: Readonly<Record<string, string>> = {}): Promise<void> {
  if (plan.names.network !== null) await tools.containers.ensureNetwork(plan.names.network, labelsOf(plan));
  const spec = await markedSpec(plan, tools);
  await tools.containers.run({ ...spec, labels: { ...spec.labels, ...labels } });
}

export const removeContainer: Step = {
  name: 'remove-container',
  label: 'Menghapus kontainer',
  async isDone({ names }, tools) {
    const network = names.network !== null && (await tools.containers.networkExists(names.network));
    return !network && (await tools.containers.find(names.container)) === null;
  },
  run: (plan, tools) => removeClaimed(plan, tools),
  // Past the point of no return: never undone.
  undo: 'keep',
};

/** Writers out: before the archive is made, or for as long as the app is suspended. */
export const stopContainer: Step = {
  name: 'stop-container',
  label: 'Menghentikan kontainer',
  isDone: async ({ names }, tools) => (await tools.containers.find(names.container))?.running !== true,
  run: ({ names }, tools) => tools.containers.stop(names.container),
  async undo(plan, tools) {
    // The very container that was stopped, not a new one: its image may be older than what we would build today.
    const { container } = plan.names;
    if (plan.suspended !== true && (await tools.containers.find(container)) !== null) await tools.containers.start(container);
  },
};

/** Gives the loaded template its identity and its administrator. A desa that has them already is left as it is. */
export const identifyDesa: Step = {
  name: 'identify-desa',
  label: 'Mengisi identitas desa',
  // A repeatable command: in a template it has to run, so asking first would only take time. An archive or a
  // shared database brings identity and accounts, and no password to give.
  isDone: async (plan, tools) =>
    plan.manifest.commands.identify === null || (plan.origin.kind !== 'template' && (await statusFault(plan, tools)) === null),
  async run(plan, tools) {
    const { identify } = plan.manifest.commands;
    if (identify !== null) await execCommand(plan, identify, await valuesOf(plan, tools), tools);
  },
  // Lies in the desa's database, which goes as a whole.
  undo: 'keep',
};

/** What really runs must say so itself: this release, migrated, this desa. */
export const checkStatus: Step = {
  name: 'check-status',
  label: 'Memeriksa versi dan identitas',
  isDone: async (plan, tools) => (await statusFault(plan, tools)) === null,
  async run(plan, tools) {
    const fault = await statusFault(plan, tools);
    if (fault !== null) throw fault;
  },
  undo: 'keep', // only looks
};

/** Waits as long as the app may take to start. @returns whether its pages answer as they should */
export async function isAnswering(plan: Plan, tools: StepTools): Promise<boolean> {
  return (await faultAfterWaiting(plan, tools)) === null;
}

async function faultAfterWaiting(plan: Plan, tools: StepTools): Promise<string | null> {
  const begun = tools.clock.elapsed();
  let fault = await probeFault(plan, tools);
  while (fault !== null && tools.clock.elapsed() - begun < plan.manifest.limits.startSeconds * 1_000) {
    await tools.clock.sleep(250, tools.signal);
    fault = await probeFault(plan, tools);
  }
  return fault;
}

export const waitUntilHealthy: Step = {
  name: 'wait-until-healthy',
  label: 'Menunggu aplikasi menjawab',
  isDone: async (plan, tools) => (await probeFault(plan, tools)) === null,
  async run(plan, tools) {
    const { startSeconds } = plan.manifest.limits;
    const fault = await faultAfterWaiting(plan, tools);
    if (fault === null) return;
    tools.tell(await tools.containers.tail(plan.names.container, TAIL_LINES));
    throw new Broken('aplikasi-tidak-sehat', `Setelah ${startSeconds} detik ${plan.manifest.title} belum menjawab dengan benar: ${fault}.`);
  },
  undo: 'keep', // only looks
};

/** null when the app's own report agrees with the plan. */
async function statusFault(plan: Plan, tools: StepTools): Promise<Broken | null> {
  const { status } = plan.manifest.commands;
  if (status === null) return null;
  let report: Readonly<Record<string, unknown>>;
  try {
    report = await execCommand(plan, status, publicValuesOf(plan, tools), tools);
  } catch (error) {
    if (error instanceof Broken) return error;
    throw error;
  }
  const { version } = plan.release;
  if (report.version !== version) {
    return new Broken('versi-salah', `Yang berjalan menyebut dirinya versi ${String(report.version)}, seharusnya ${version}.`);
  }
  if (report.migrated !== true) return new Broken('belum-termigrasi', 'Basis data belum sesuai dengan versi aplikasi.');
  const kode = String(report.kode).replaceAll('.', '');
  return kode === digitsOf(plan.tenant.kode)
    ? null
    : new Broken('desa-tertukar', `Basis data ini berisi desa ${kode}, bukan ${plan.tenant.kode}.`);
}

/** What is wrong with the answers, in a few words; null when every probe is content. */
async function probeFault(plan: Plan, tools: StepTools): Promise<string | null> {
  for (const probe of plan.manifest.probes) {
    const fault = await faultOf(probe, plan, tools);
    if (fault !== null) return fault;
  }
  return null;
}

async function faultOf(probe: ProbeManifest, plan: Plan, tools: StepTools): Promise<string | null> {
  const answer = await tools.http.get(socketOf(plan, tools), {
    host: plan.address.host,
    path: probe.path,
    scheme: 'http',
    timeoutMs: 10_000,
  });
  if (answer === null) return `${probe.path} tidak menjawab`;
  if (answer.status !== probe.status) return `${probe.path} menjawab HTTP ${answer.status}`;
  const values = publicValuesOf(plan, tools);
  // Some pages print a name as it is, others escape it (Ma&#039;u): either will do.
  const bodies = [answer.body, decodeEntities(answer.body)];
  const missing = probe.contains.map((text) => tools.apps.render(text, values)).find((text) => !bodies.some((body) => body.includes(text)));
  if (missing !== undefined) return `${probe.path} tidak memuat "${missing}"`;
  const unwanted = probe.lacks.find((text) => answer.body.includes(text));
  if (unwanted !== undefined) return `${probe.path} menampilkan halaman galat`;
  return probe.json === undefined ? null : jsonFault(probe, answer.body, (text) => tools.apps.render(text, values));
}

/** A status of 200 proves nothing where a failed check answers with its error text: every key must be exactly as told. */
function jsonFault({ path, json = {} }: ProbeManifest, body: string, render: (text: string) => string): string | null {
  const answer = parseObject(body);
  if (answer === null) return `${path} tidak menjawab dengan JSON`;
  for (const [key, wanted] of Object.entries(json)) {
    const expected = typeof wanted === 'string' ? render(wanted) : wanted;
    if (answer[key] !== expected)
      return `${path}: "${key}" berisi ${JSON.stringify(answer[key]) ?? 'apa-apa'}, bukan ${JSON.stringify(expected)}`;
  }
  return null;
}

function parseObject(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&#039;': "'",
  '&#39;': "'",
  '&apos;': "'",
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

function decodeEntities(html: string): string {
  return html.replaceAll(/&(?:#0?39|apos|quot|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

async function removeClaimed(plan: Plan, tools: StepTools): Promise<void> {
  const { container, network } = plan.names;
  if (await isClaimed(plan, tools, 'container', container)) await tools.containers.remove(container);
  if (network !== null && (await isClaimed(plan, tools, 'network', network))) await tools.containers.removeNetwork(network);
}
