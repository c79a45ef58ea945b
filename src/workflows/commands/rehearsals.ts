/** What people may ask for about rehearsals: start one, and let in a desa that failed it. */
import type { Actor } from '../../domain/access.ts';
import { Conflict, Invalid } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { parseKodeTenant } from '../../domain/wilayah.ts';
import { parseWindow } from '../../domain/window.ts';
import { chooseInstallations, composeRollout } from '../compose-rollout.ts';
import { keptOut } from '../rehearsals.ts';
import { findNewest } from '../releases.ts';
import { changeRollout, noteRollout, regionOf, requireRollout } from './rollouts.ts';

export interface RehearsalRequest {
  readonly app: string;
  /** null or left out: the newest known release that is not barred. */
  readonly tag?: string | null;
  /** Only these desa, such as the canaries; empty or left out: all of the region. */
  readonly only?: readonly string[];
  /** Only desa of this region, such as a kecamatan. */
  readonly within?: string | null;
  readonly concurrency?: number;
  /** `22:00-05:00`: begins desa in these hours only. */
  readonly window?: string | null;
}

/** Tries an update with backups, in scratch places. */
export async function startRehearsal(tools: Toolbox, actor: Actor, input: RehearsalRequest): Promise<{ rolloutId: string }> {
  requireRollout(actor);
  const { app, only = [] } = input;
  const { manifest } = tools.apps.entry(app);
  if (manifest.database === null) {
    throw new Invalid('tanpa-gladi', `${manifest.title} tidak mempunyai basis data sendiri, jadi tidak ada yang dapat digladi.`, {
      field: 'app',
    });
  }
  const window = parseWindow(input.window ?? null);
  const tag = input.tag?.trim() || (await findNewest(tools, app)).tag;
  const reason = (await tools.rollouts.barred(app)).get(tag);
  if (reason !== undefined) throw new Invalid('rilis-ditahan', `Rilis ${tag} ditahan: ${reason}`, { field: 'tag' });
  if ((await tools.rollouts.list({ work: 'rehearse', app, state: ['running', 'halted'], limit: 1 })).length > 0) {
    throw new Conflict('gladi-berjalan', 'Masih ada gladi bersih untuk aplikasi ini.', {
      advice: 'Lanjutkan atau akhiri yang itu lebih dahulu.',
    });
  }
  const all = await chooseInstallations(tools, { app, work: 'rehearse', tag, within: regionOf(actor, input.within) });
  const wanted = new Set(only.map(parseKodeTenant));
  const chosen = all.filter(({ kode }) => wanted.size === 0 || wanted.has(kode));
  if (chosen.length === 0) {
    throw new Conflict('tidak-ada-yang-digladi', `Tidak ada desa pilihan yang akan diperbarui ke ${tag}.`, {
      advice: 'Desa yang versinya dikunci, atau yang sudah memakai rilis ini, tidak ikut.',
    });
  }
  const { concurrency } = input;
  const choice = { work: 'rehearse', app, tag, createdBy: actor.username, window } as const;
  const made = composeRollout(tools, { ...choice, ...(concurrency === undefined ? {} : { concurrency }) }, chosen);
  await tools.rollouts.create([made], null);
  await noteRollout(tools, actor, 'start-rehearsal', made.rollout.id, { app, tag, desa: chosen.length });
  return { rolloutId: made.rollout.id };
}

/** A desa that failed its rehearsal takes part all the same: in this rollout, or in those to come. */
export async function admitMember(tools: Toolbox, actor: Actor, id: string, kode: string): Promise<void> {
  const rollout = await changeRollout(tools, actor, id);
  const member = (await tools.rollouts.members(id)).find((one) => one.kode === parseKodeTenant(kode));
  const failedRehearsal = rollout.work === 'rehearse' && member?.state === 'failed' && !member.forgiven;
  if (member === undefined || (member.state !== 'kept-out' && !failedRehearsal)) {
    throw new Conflict('tidak-ditahan', 'Desa ini tidak ditahan oleh gladi bersih.');
  }
  const held = (await keptOut(tools, rollout.app, rollout.tag ?? '')).get(member.installationId);
  if (held !== undefined) await tools.rollouts.saveMembers(held.rolloutId, [held.position], { forgiven: true });
  if (failedRehearsal) await tools.rollouts.saveMembers(id, [member.position], { forgiven: true });
  if (member.state === 'kept-out') {
    await tools.rollouts.saveMembers(id, [member.position], { state: 'waiting', jobId: tools.ids.next(), fingerprint: null });
    if (rollout.state === 'finished') await tools.rollouts.save(id, { state: 'running', reason: null, endedAt: null });
  }
  await noteRollout(tools, actor, 'admit-member', id, { desa: kode });
}
