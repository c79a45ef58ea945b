import { may } from '../domain/access.ts';
import { type Schedule, type ScheduleRun, TASKS } from '../domain/schedule.ts';
import { runTask, saveSchedule } from '../workflows/commands/rollouts.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, csrfField, pageHead, when } from './parts.ts';
import { type Look, moment } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const LOOKS: Readonly<Record<ScheduleRun['state'], Look>> = {
  queued: { word: 'Menunggu', tone: 'jalan', icon: 'jam' },
  done: { word: 'Selesai', tone: 'baik', icon: 'centang' },
  failed: { word: 'Gagal', tone: 'buruk', icon: 'awas' },
};

/** Jadwal: what comes by itself, when next, and what came of it. */
export async function showSchedules(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const [schedules, runs] = await Promise.all([tools.schedules.list(), tools.schedules.runs(30)]);
  const mayChange = may(actor, 'rollout', actor.wilayah);
  const body = html`
    ${pageHead({ title: 'Jadwal', lead: 'Yang terlewat karena server mati disusul satu kali. Waktu menurut zona kabupaten: menit, jam, tanggal, bulan, hari.', actions: html`<a class="btn" href="/pemberitahuan">Pemberitahuan</a>` })}
    <div class="pd-stack">${schedules.map((schedule) => card(visit, schedule, mayChange))}
    <section class="card pd-card"><h2 class="pd-card-title">Yang terakhir</h2>
      ${runs.length === 0 && html`<p class="pd-muted">Belum ada.</p>`}
      <ul class="pd-mini-list">${runs.map(({ task, due, state, note }) => html`<li><span>${badge(LOOKS[state])} ${TASKS[task].label}</span><small>${when(due, visit)} · ${note ?? ''}</small></li>`)}</ul></section></div>`;
  return { kind: 'page', title: 'Jadwal', section: 'jadwal', body };
}

function card(visit: Visit, { task, pattern, enabled, window }: Schedule, mayChange: boolean): Html {
  const next = enabled ? visit.tools.calendar.next(pattern, visit.now) : null;
  return html`<section class="card pd-card" aria-labelledby="tugas-${task}"><h2 class="pd-card-title" id="tugas-${task}">${TASKS[task].label}</h2>
    <p class="pd-muted">${next === null ? 'Tidak aktif' : `Berikutnya ${moment(next, visit.zone)}`}</p>
    ${
      mayChange &&
      html`<div class="pd-row pd-schedule"><form class="pd-row" method="post" action="/jadwal/${task}">${csrfField(visit)}
      <label class="visually-hidden" for="pola-${task}">Waktu</label><input class="form-control" id="pola-${task}" name="pola" value="${pattern}" autocomplete="off" spellcheck="false">
      ${TASKS[task].rolls === true && html`<label class="visually-hidden" for="jam-${task}">Hanya pada jam</label><input class="form-control" id="jam-${task}" name="jam" value="${window ?? ''}" placeholder="jam: kapan saja" title="Desa hanya dimulai pada jam ini, misalnya 22:00-05:00" autocomplete="off" spellcheck="false">`}
      <input type="checkbox" id="aktif-${task}" name="aktif" value="ya"${enabled && html` checked`}><label for="aktif-${task}">Aktif</label>
      <button class="btn" type="submit">Simpan</button></form>
      ${buttonForm(visit, { action: `/jadwal/${task}/jalankan`, label: 'Jalankan sekarang', icon: 'lanjut', style: '' })}</div>`
    }</section>`;
}

export function changeSchedule(visit: Visit): Promise<Answer> {
  const { tools, actor, params, form } = visit;
  const wanted = { task: params.text('tugas'), pattern: form.text('pola'), enabled: form.text('aktif') === 'ya', window: form.text('jam') };
  return orShowAgain(
    async () => {
      await saveSchedule(tools, actor, wanted);
      return redirect('/jadwal', 'setelan-disimpan');
    },
    () => showSchedules(visit),
  );
}

export function runNow(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await runTask(visit.tools, visit.actor, visit.params.text('tugas'));
      return redirect('/jadwal');
    },
    () => showSchedules(visit),
  );
}
