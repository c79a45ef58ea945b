import type { Registration, Slice } from '../domain/combined.ts';
import { explain } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';

type Tell = (line: string) => void;
const SILENT: Tell = () => undefined;

/**
 * Makes a desa's slice of the combined database right, whatever it was: tables, triggers, rows, proof. Repeatable from
 * anywhere. What goes wrong is written down for the reconciler and never thrown: the desa's own work goes on without it.
 * @returns whether both sides agree now
 */
export function healSlice(tools: Toolbox, installationId: string, signal: AbortSignal, tell: Tell = SILENT): Promise<boolean> {
  return onSlice(tools, installationId, signal, tell, async ({ registration, slice }) => {
    const tables = await tools.combined.prepare(slice);
    const wasAttached = registration.state === 'registered' && (await tools.combined.isAttached(slice));
    if (!wasAttached) {
      // Marked first: a worker that dies from here on leaves a slice that somebody repairs.
      await tools.registrations.markStale(installationId, tables);
      await tools.registrations.save(installationId, { state: 'registering' });
      await tools.combined.attach(slice);
    }
    await tools.combined.repair(slice, await tools.registrations.staleTables(installationId));
    return prove(tools, slice, tell);
  });
}

/** Compares both sides and writes down what was found. @returns whether they agree */
export function verifySlice(tools: Toolbox, installationId: string, signal: AbortSignal, tell: Tell = SILENT): Promise<boolean> {
  return onSlice(tools, installationId, signal, tell, async ({ registration, slice }) => {
    if (registration.state === 'detached') return true;
    if (await tools.combined.isAttached(slice)) return prove(tools, slice, tell);
    await tools.registrations.save(installationId, { state: 'stale', finding: 'Pemicu di basis data desa tidak lengkap.' });
    return false;
  });
}

/** Nothing is fed from here on: the desa's schema is about to change. */
export async function detachSlice(tools: Toolbox, installationId: string, signal: AbortSignal): Promise<void> {
  await alone(tools, installationId, signal, async () => {
    const registration = await tools.registrations.find(installationId);
    if (registration === null || registration.state === 'none') return;
    await tools.registrations.save(installationId, { state: 'detached' });
    await tools.combined.detach(registration.schema);
  });
}

/** Takes the desa out. Its number stays its own. */
export async function dropSlice(tools: Toolbox, installationId: string, signal: AbortSignal): Promise<void> {
  await alone(tools, installationId, signal, async () => {
    const registration = await tools.registrations.find(installationId);
    if (registration === null) return;
    const { combined } = tools.apps.entry(registration.app);
    await tools.registrations.save(installationId, { state: 'detached' });
    await tools.combined.detach(registration.schema);
    if (combined !== null) await tools.combined.dropSlice({ configId: registration.configId, manifest: combined });
    await tools.registrations.forgetStale(installationId);
    await tools.registrations.save(installationId, { state: 'none', provenAt: null, finding: null });
  });
}

/** One at a time for an installation: a step and the reconciler may want the same. */
function alone<T>(tools: Toolbox, installationId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return tools.locks.withLock(`gabungan ${installationId}`, signal, work);
}

interface Found {
  readonly registration: Registration;
  readonly slice: Slice;
}

/** Work on a slice alone. What goes wrong there is written down; one that is not registered at all is right as it is. */
function onSlice(
  tools: Toolbox,
  installationId: string,
  signal: AbortSignal,
  tell: Tell,
  work: (found: Found) => Promise<boolean>,
): Promise<boolean> {
  return alone(tools, installationId, signal, async () => {
    const found = await sliceOf(tools, installationId);
    if (found === null) return true;
    try {
      return await work(found);
    } catch (error) {
      await noteFailure(tools, installationId, error, signal, tell);
      return false;
    }
  });
}

async function sliceOf(tools: Toolbox, installationId: string): Promise<Found | null> {
  const registration = await tools.registrations.find(installationId);
  const manifest = registration === null ? null : tools.apps.entry(registration.app).combined;
  if (registration === null || manifest === null || registration.state === 'none') return null;
  const { configId, schema } = registration;
  return { registration, slice: { installationId, configId, schema, manifest } };
}

async function prove(tools: Toolbox, slice: Slice, tell: Tell): Promise<boolean> {
  const { installationId } = slice;
  const proofs = await tools.combined.verify(slice);
  const wrong = proofs.filter(({ isEqual }) => !isEqual);
  const rows = proofs.reduce((sum, { source }) => sum + source, 0);
  if (wrong.length === 0) {
    await tools.registrations.save(installationId, { state: 'registered', provenAt: tools.clock.now(), finding: null });
    // Triggers tell nobody what they wrote since the last proof.
    await tools.registrations.noteChanged(installationId);
    tell(`${proofs.length} tabel, ${rows} baris: terbukti sama di basis data gabungan`);
    return true;
  }
  const finding = `Berbeda: ${wrong.map(({ table, source, combined }) => `${table} (${source} di desa, ${combined} di gabungan)`).join(', ')}.`;
  await tools.registrations.markStale(
    installationId,
    wrong.map(({ table }) => table),
  );
  await tools.registrations.save(installationId, { state: 'stale', finding });
  tell(finding);
  return false;
}

async function noteFailure(tools: Toolbox, installationId: string, error: unknown, signal: AbortSignal, tell: Tell): Promise<void> {
  // A worker that is shut down has found nothing.
  signal.throwIfAborted();
  const message = explain(error);
  tools.log.warn({ err: error, installation: installationId }, 'combined database not fed');
  tell(`Basis data gabungan belum diperbarui: ${message} Pendopo mencoba lagi sendiri; desa tidak terganggu.`);
  await tools.registrations.save(installationId, { state: 'stale', finding: message });
}
