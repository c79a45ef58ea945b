/** What people may ask for about many desa at once: start, halt, resume, skip, retry and return rollouts; pin and bar. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { changesOf } from '../../domain/changes.ts';
import { Conflict, Forbidden, Invalid, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { Member, MemberState, Rollout } from '../../domain/rollout.ts';
import { isTask, type Schedule } from '../../domain/schedule.ts';
import { isWithin, type KodeWilayah, parseKodeTenant, parseKodeWilayah } from '../../domain/wilayah.ts';
import { parseWindow } from '../../domain/window.ts';
import { chooseInstallations, composeRollout } from '../compose-rollout.ts';
import { findNewest } from '../releases.ts';
import { findRollbackTarget } from '../rollback-target.ts';
import { seeRollout } from '../rollout-view.ts';

export interface RolloutRequest {
  readonly app: string;
  /** null or left out: the newest known release that is not barred. */
  readonly tag?: string | null;
  readonly canaries?: readonly string[];
  /** Only desa whose kode begins so. */
  readonly within?: string | null;
  readonly concurrency?: number;
  /** `22:00-05:00`: begins desa in these hours only. */
  readonly window?: string | null;
  /** After the canaries one kecamatan is one wave. */
  readonly byKecamatan?: boolean;
}

export async function startRollout(tools: Toolbox, actor: Actor, input: RolloutRequest): Promise<{ rolloutId: string }> {
  requireRollout(actor);
  const window = parseWindow(input.window ?? null);
  const tag = input.tag?.trim() || (await findNewest(tools, input.app)).tag;
  const reason = (await tools.rollouts.barred(input.app)).get(tag);
  if (reason !== undefined) throw new Invalid('rilis-ditahan', `Rilis ${tag} ditahan: ${reason}`, { field: 'tag' });
  const running = await tools.rollouts.list({ state: ['running', 'halted'], limit: 50 });
  if (running.some(({ work, app }) => work === 'update' && app === input.app)) {
    throw new Conflict('pembaruan-berjalan', 'Masih ada pembaruan serentak untuk aplikasi ini.', {
      advice: 'Lanjutkan atau akhiri yang itu lebih dahulu.',
    });
  }
  const chosen = await chooseInstallations(tools, { app: input.app, work: 'update', tag, within: regionOf(actor, input.within) });
  const canaries = (input.canaries ?? []).map(parseKodeTenant);
  const stranger = canaries.find((kode) => chosen.every((one) => one.kode !== kode));
  if (stranger !== undefined) {
    throw new Invalid('percobaan-tidak-ikut', `Desa percobaan ${stranger} tidak akan diperbarui ke ${tag}.`, {
      field: 'canaries',
      advice: 'Pilih desa yang aplikasinya aktif, belum memakai rilis ini, dan tidak dikunci versinya.',
    });
  }
  if (chosen.length === 0) throw new Conflict('tidak-ada-yang-diperbarui', `Semua desa sudah memakai ${tag}.`);
  if (chosen.every(({ held }) => held !== undefined)) {
    throw new Conflict('semua-ditahan-gladi', `Semua desa gagal dalam gladi bersih ke ${tag}.`, {
      advice: 'Lihat sebabnya di halaman Gladi bersih. Tahan rilis ini, atau ikutkan desa satu per satu di sana.',
    });
  }
  const made = composeRollout(
    tools,
    {
      ...{ work: 'update', app: input.app, tag, createdBy: actor.username, canaries, window },
      byKecamatan: input.byKecamatan ?? false,
      ...(input.concurrency === undefined ? {} : { concurrency: input.concurrency }),
    },
    chosen,
  );
  await tools.rollouts.create([made], null);
  await noteRollout(tools, actor, 'start-rollout', made.rollout.id, { app: input.app, tag, desa: chosen.length });
  return { rolloutId: made.rollout.id };
}

/** Those at work end; nobody new begins. */
export async function haltRollout(tools: Toolbox, actor: Actor, id: string): Promise<void> {
  await changeState(tools, actor, id, 'running', async () => {
    await tools.rollouts.save(id, { state: 'halted', reason: `Dihentikan oleh ${actor.username}.` });
  });
  await noteRollout(tools, actor, 'halt-rollout', id);
}

/** Goes on: failures so far are forgiven, and what was paused waits again. */
export async function resumeRollout(tools: Toolbox, actor: Actor, id: string): Promise<void> {
  await changeState(tools, actor, id, 'halted', async ({ work }) => {
    const members = await tools.rollouts.members(id);
    // Of a rehearsal a failure says who is kept out: that is let go of desa by desa.
    if (work !== 'rehearse') await tools.rollouts.saveMembers(id, positionsOf(members, 'failed'), { forgiven: true });
    await tools.rollouts.saveMembers(id, positionsOf(members, 'paused'), { state: 'waiting' });
    await tools.rollouts.save(id, { state: 'running', reason: null });
  });
  await noteRollout(tools, actor, 'resume-rollout', id);
}

/** The rest stays as it is. */
export async function endRollout(tools: Toolbox, actor: Actor, id: string): Promise<void> {
  await changeState(tools, actor, id, 'halted', async () => {
    const members = await tools.rollouts.members(id);
    const left = [...positionsOf(members, 'waiting'), ...positionsOf(members, 'paused')];
    await tools.rollouts.saveMembers(id, left, { state: 'skipped' });
    await tools.rollouts.save(id, { state: 'finished', endedAt: tools.clock.now() });
  });
  await noteRollout(tools, actor, 'end-rollout', id);
}

/** Failed ones once more, all or those of one cause, as new jobs. */
export async function retryMembers(tools: Toolbox, actor: Actor, id: string, fingerprint: string | null): Promise<{ retried: number }> {
  const rollout = await changeRollout(tools, actor, id);
  const members = await tools.rollouts.members(id);
  const again = members.filter((one) => one.state === 'failed' && (fingerprint === null || one.fingerprint === fingerprint));
  for (const { position } of again) {
    await tools.rollouts.saveMembers(id, [position], { state: 'waiting', jobId: tools.ids.next(), fingerprint: null, forgiven: false });
  }
  if (again.length > 0 && rollout.state !== 'running') await tools.rollouts.save(id, { state: 'running', reason: null, endedAt: null });
  await noteRollout(tools, actor, 'retry-members', id, { desa: again.length });
  return { retried: again.length };
}

export async function skipMember(tools: Toolbox, actor: Actor, id: string, kode: string): Promise<void> {
  await changeRollout(tools, actor, id);
  const member = (await tools.rollouts.members(id)).find((one) => one.kode === parseKodeTenant(kode));
  const may: readonly MemberState[] = ['waiting', 'paused', 'failed'];
  if (member === undefined || !may.includes(member.state)) throw new Conflict('tidak-dapat-dilewati', 'Desa ini tidak sedang menunggu.');
  await tools.rollouts.saveMembers(id, [member.position], { state: 'skipped' });
  await noteRollout(tools, actor, 'skip-member', id, { desa: kode });
}

/** Everybody of a rollout (or of one wave) back to before: a rollout of rollbacks. */
export async function returnRollout(tools: Toolbox, actor: Actor, id: string, wave: number | null): Promise<{ rolloutId: string }> {
  const rollout = await changeRollout(tools, actor, id);
  if (rollout.work !== 'update') throw new Conflict('bukan-pembaruan', 'Hanya pembaruan yang dapat dimundurkan.');
  if (rollout.state === 'running') await haltRollout(tools, actor, id);
  const done = (await tools.rollouts.members(id)).filter((one) => one.state === 'done' && (wave === null || one.wave === wave));
  const chosen = [];
  for (const { installationId } of done) {
    const installation = await tools.tenants.installation(installationId);
    if (installation?.state !== 'active') continue;
    const target = await findRollbackTarget(tools, installation);
    if (target !== null) chosen.push({ ...installation, backupId: target.id });
  }
  if (chosen.length === 0) throw new Conflict('tidak-ada-yang-dimundurkan', 'Tidak ada desa yang dapat dimundurkan.');
  const made = composeRollout(tools, { work: 'rollback', app: rollout.app, tag: null, createdBy: actor.username }, chosen);
  await tools.rollouts.create([made], null);
  await noteRollout(tools, actor, 'return-rollout', id, { desa: chosen.length });
  return { rolloutId: made.rollout.id };
}

export async function setPin(tools: Toolbox, actor: Actor, installationId: string, pinned: boolean): Promise<void> {
  const installation = await tools.tenants.installation(installationId);
  if (installation === null) throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
  requireMay(actor, 'update', installation.kode);
  await (pinned ? tools.rollouts.pin(installationId, actor.username) : tools.rollouts.unpin(installationId));
  const { kode, app, tag } = installation;
  const action = pinned ? 'pin' : 'unpin';
  await tools.audit.note({ actor: actor.username, action, target: installationId, kode, detail: { app, tag } });
}

/** @param reason null lifts the bar */
export async function barRelease(tools: Toolbox, actor: Actor, app: string, tag: string, reason: string | null): Promise<void> {
  requireRollout(actor);
  tools.apps.entry(app);
  const before = (await tools.rollouts.barred(app)).get(tag) ?? null;
  await (reason === null ? tools.rollouts.unbar(app, tag) : tools.rollouts.bar(app, tag, reason, actor.username));
  await noteRollout(
    tools,
    actor,
    reason === null ? 'unbar-release' : 'bar-release',
    `${app} ${tag}`,
    changesOf({ reason: before }, { reason }),
  );
}

export async function saveSchedule(
  tools: Toolbox,
  actor: Actor,
  input: { readonly task: string; readonly pattern: string; readonly enabled: boolean; readonly window?: string | null },
): Promise<Schedule> {
  requireRollout(actor);
  if (!isTask(input.task)) throw new NotFound('tugas-tidak-ada', 'Tugas ini tidak dikenal.');
  const pattern = input.pattern.trim().replaceAll(/\s+/g, ' ');
  tools.calendar.next(pattern, tools.clock.now());
  const known = (await tools.schedules.list()).find(({ task }) => task === input.task);
  const window = input.window === undefined ? (known?.window ?? null) : parseWindow(input.window);
  const schedule = { task: input.task, pattern, enabled: input.enabled, window, since: tools.clock.now() };
  await tools.schedules.save(schedule);
  const { pattern: was = null, enabled: wasEnabled, window: wasWindow = null } = known ?? {};
  const before = { pattern: was, enabled: wasEnabled, window: wasWindow };
  await noteRollout(tools, actor, 'save-schedule', input.task, changesOf(before, { pattern, enabled: input.enabled, window }));
  return schedule;
}

/** Once, now, beside its times. */
export async function runTask(tools: Toolbox, actor: Actor, task: string): Promise<void> {
  requireRollout(actor);
  if (!isTask(task)) throw new NotFound('tugas-tidak-ada', 'Tugas ini tidak dikenal.');
  await tools.schedules.owe(task, tools.clock.now());
  await noteRollout(tools, actor, 'run-task', task);
}

/** The whole fleet: nobody whose desa are those of one kecamatan. */
export function requireRollout(actor: Actor): void {
  requireMay(actor, 'rollout', actor.wilayah);
  if (actor.wilayah !== null && actor.wilayah.length > KABUPATEN_LENGTH) {
    throw new Forbidden('tidak-berhak', 'Pembaruan serentak diatur oleh kabupaten.');
  }
}

/** What is asked for lies in the actor's own region; nothing asked for: all of it. @throws Invalid, Forbidden */
export function regionOf(actor: Actor, text: string | null | undefined): KodeWilayah | null {
  if (text === null || text === undefined || text.trim() === '') return actor.wilayah;
  const kode = parseKodeWilayah(text);
  requireMay(actor, 'rollout', kode);
  return kode;
}

/** `52.01` */
const KABUPATEN_LENGTH = 5;

/** One that the actor may change. @throws NotFound, Forbidden when desa of others are in it */
export async function changeRollout(tools: Toolbox, actor: Actor, id: string): Promise<Rollout> {
  requireRollout(actor);
  const { rollout } = await seeRollout(tools, actor, id);
  if ((await tools.rollouts.members(id)).every(({ kode }) => isWithin(kode, actor.wilayah))) return rollout;
  throw new Forbidden('tidak-berhak', 'Pembaruan serentak ini juga menyangkut desa di luar wilayah Anda.');
}

async function changeState(
  tools: Toolbox,
  actor: Actor,
  id: string,
  from: Rollout['state'],
  change: (rollout: Rollout) => Promise<void>,
): Promise<void> {
  const rollout = await changeRollout(tools, actor, id);
  if (rollout.state !== from) throw new Conflict('keadaan-lain', 'Pembaruan serentak ini sedang dalam keadaan lain.');
  await change(rollout);
}

function positionsOf(members: readonly Member[], state: MemberState): readonly number[] {
  return members.filter((member) => member.state === state).map(({ position }) => position);
}

export function noteRollout(
  tools: Toolbox,
  actor: Actor,
  action: string,
  target: string,
  detail: Record<string, string | number | null> = {},
) {
  return tools.audit.note({ actor: actor.username, action, target, detail });
}
