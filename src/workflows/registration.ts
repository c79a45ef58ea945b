import { explain, Unavailable } from '../domain/errors.ts';
import { compareSlice } from './proof.ts';
import { alone, type FoundSlice, findSlice, type SliceTools } from './slices.ts';

type Tell = (line: string) => void;
const SILENT: Tell = () => undefined;

/**
 * Makes a desa's slice of the combined database right, whatever it was: tables, triggers, rows, proof. Repeatable from
 * anywhere. What goes wrong is written down for the reconciler and never thrown: the desa's own work goes on without it.
 * @returns whether both sides agree now
 */
export function healSlice(tools: SliceTools, installationId: string, signal: AbortSignal, tell: Tell = SILENT): Promise<boolean> {
  return onSlice(tools, installationId, signal, tell, async (found) => {
    const { registration, slice } = found;
    await tools.combined.outbox.ensure();
    const tables = await tools.combined.prepare(slice);
    const isAttached = registration.state === 'registered' && (await tools.combined.isAttached(slice));
    if (!isAttached) {
      // Marked first: a worker that dies from here on leaves a slice that somebody repairs.
      await tools.registrations.markStale(installationId, tables);
      await tools.registrations.save(installationId, { state: 'registering' });
      await tools.combined.attach(slice);
    }
    return prove(tools, found, true, signal, tell);
  });
}

/** Compares both sides and writes down what was found. @returns whether they agree */
export function verifySlice(tools: SliceTools, installationId: string, signal: AbortSignal, tell: Tell = SILENT): Promise<boolean> {
  return onSlice(tools, installationId, signal, tell, async (found) => {
    if (found.registration.state === 'detached') return true;
    if (await tools.combined.isAttached(found.slice)) return prove(tools, found, false, signal, tell);
    await tools.registrations.save(installationId, { state: 'stale', finding: 'Pemicu di basis data desa tidak lengkap.' });
    return false;
  });
}

/** Nothing is fed from here on: the desa's schema is about to change. */
export async function detachSlice(tools: SliceTools, installationId: string, signal: AbortSignal): Promise<void> {
  await alone(tools, installationId, signal, async () => {
    const registration = await tools.registrations.find(installationId);
    if (registration === null || registration.state === 'none') return;
    await tools.registrations.save(installationId, { state: 'detached' });
    await tools.combined.detach(registration.schema);
  });
}

/** Takes the desa out. Its number stays its own. */
export async function dropSlice(tools: SliceTools, installationId: string, signal: AbortSignal): Promise<void> {
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

/** Work on a slice alone. What goes wrong there is written down; one that is not registered at all is right as it is. */
function onSlice(
  tools: SliceTools,
  installationId: string,
  signal: AbortSignal,
  tell: Tell,
  work: (found: FoundSlice) => Promise<boolean>,
): Promise<boolean> {
  return alone(tools, installationId, signal, async () => {
    const found = await findSlice(tools, installationId);
    if (found === null) return true;
    try {
      return await work(found);
    } catch (error) {
      await noteFailure(tools, found, error, signal, tell);
      return false;
    }
  });
}

async function prove(tools: SliceTools, found: FoundSlice, loads: boolean, signal: AbortSignal, tell: Tell): Promise<boolean> {
  const { installationId } = found.slice;
  const marked = await tools.registrations.staleTables(installationId);
  const { tables, rows, wrong, open } = await compareSlice(tools, found.slice, loads, signal);
  if (tables === 0) {
    // Nothing agrees with nothing: a desa's schema that is gone must not look proven.
    const finding = 'Tabel desa tidak ditemukan: basis datanya tidak ada atau kosong.';
    await tools.registrations.save(installationId, { state: 'stale', finding });
    tell(finding);
    return false;
  }
  if (wrong.length > 0) {
    const finding = `Berbeda: ${wrong.map(({ table, source, combined }) => `${table} (${source} di desa, ${combined} di gabungan)`).join(', ')}.`;
    await tools.registrations.markStale(
      installationId,
      wrong.map(({ table }) => table),
    );
    await tools.registrations.save(installationId, { state: 'stale', finding });
    tell(finding);
    return false;
  }
  if (open.length > 0) {
    // Neither proven nor wrong: it is looked at again, and what it was it stays.
    tell(`Masih ditulis atau dipakai: ${open.join(', ')}. Dibandingkan lagi nanti.`);
    return false;
  }
  await tools.registrations.forgetStale(installationId, marked);
  await tools.registrations.save(installationId, { state: 'registered', provenAt: tools.clock.now(), finding: null });
  // A feeder that was killed between the rows and its note about them has told nobody.
  await tools.registrations.noteChanged(installationId);
  tell(`${tables} tabel, ${rows} baris: terbukti sama di basis data gabungan`);
  return true;
}

async function noteFailure(tools: SliceTools, found: FoundSlice, error: unknown, signal: AbortSignal, tell: Tell): Promise<void> {
  // A worker that is shut down has found nothing.
  signal.throwIfAborted();
  const { installationId, state } = found.registration;
  const message = explain(error);
  tools.log.warn({ err: error, installation: installationId }, 'combined database not fed');
  tell(`Basis data gabungan belum diperbarui: ${message} Pendopo mencoba lagi sendiri; desa tidak terganggu.`);
  // Somebody held what we wanted to see: that proves nothing against a slice that was right.
  if (error instanceof Unavailable && state === 'registered') return;
  await tools.registrations.save(installationId, { state: 'stale', finding: message });
}
