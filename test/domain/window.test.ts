import { describe, expect, it } from 'vitest';
import type { Toolbox } from '../../src/domain/ports.ts';
import { estimateMinutes, rehearsalNames } from '../../src/domain/rehearsal.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { isOpen, parseWindow } from '../../src/domain/window.ts';
import { composeRollout } from '../../src/workflows/compose-rollout.ts';

describe('the hours of a rollout', () => {
  it.each([
    ['22:00-05:00', '22:00', true],
    ['22:00-05:00', '04:59', true],
    ['22:00-05:00', '05:00', false],
    ['22:00-05:00', '12:30', false],
    ['08:00-16:00', '08:00', true],
    ['08:00-16:00', '16:00', false],
    [null, '12:00', true],
  ])('%s at %s: open is %s', (window, time, open) => expect(isOpen(window, time)).toBe(open));

  it.each(['22', '25:00-05:00', '22:00-22:00', '22:00', 'malam'])('"%s" are none', (text) =>
    expect(() => parseWindow(text)).toThrow(/bukan jam pengerjaan/),
  );

  it('may be written as people write them', () =>
    expect([parseWindow(' 22.00 – 05.00 '), parseWindow(''), parseWindow(null)]).toEqual(['22:00-05:00', null, null]));
});

const desa = (kode: string, held = false) => ({
  ...{ id: kode, kode: parseKodeDesa(kode), tag: 'v1.0.0', backupId: null },
  ...(held ? { held: { rolloutId: 'G', position: 0, jobId: `gladi ${kode}`, fingerprint: 'a:b' } } : {}),
});

describe('a rollout', () => {
  let next = 0;
  const tools: Pick<Toolbox, 'ids'> = { ids: { next: () => `ID${next++}` } };
  const choice = { work: 'update', app: 'contoh', tag: 'v2', createdBy: 'uji', canaries: ['52.01.14.2003'] } as const;

  it('by kecamatan goes canaries first, then one kecamatan a wave; who is kept out stands at its end', () => {
    const fleet = [desa('52.01.14.2001'), desa('52.01.01.2002'), desa('52.01.14.2003'), desa('52.01.14.2002', true), desa('52.01.01.2003')];
    const { members } = composeRollout(tools, { ...choice, byKecamatan: true }, fleet);
    expect(members.map(({ kode, wave, held, jobId }) => [kode, wave, held === undefined ? 'waits' : jobId])).toEqual([
      ['52.01.14.2003', 0, 'waits'],
      ['52.01.01.2002', 1, 'waits'],
      ['52.01.01.2003', 1, 'waits'],
      ['52.01.14.2001', 2, 'waits'],
      ['52.01.14.2002', 2, 'gladi 52.01.14.2002'],
    ]);
  });
});

describe('a rehearsal', () => {
  const took = (from: number, seconds: number, state: 'done' | 'failed' = 'done') => ({
    ...{ state, startedAt: new Date(from * 1_000), endedAt: new Date((from + seconds) * 1_000) },
  });

  it('tells minutes by how long desa took and how many really ran at a time', () => {
    expect(estimateMinutes({ concurrency: 4 }, [took(0, 12)], 40)).toBeCloseTo(2);
    const oneByOne = Array.from({ length: 8 }, (_one, n) => took(n * 12, 12));
    expect(estimateMinutes({ concurrency: 4 }, oneByOne, 40)).toBeCloseTo(8);
    expect(estimateMinutes({ concurrency: 4 }, [took(0, 12, 'failed')], 40)).toBeNull();
  });

  it('has names of its own, short enough for a socket, and a network only where the database is reached over one', () => {
    const names = rehearsalNames('pendopo', '01KABCDEFGHJKMNPQRSTVWXYZ0', false);
    expect(names).toMatchObject({ schema: 'pendopo_gladi_npqrstvwxyz0', network: null });
    expect(`${'x'.repeat(60)}/${names.runFolder}/http.sock`.length).toBeLessThan(108);
    expect(rehearsalNames('pendopo', '01KABCDEFGHJKMNPQRSTVWXYZ0', true).network).toBe(names.container);
  });
});
