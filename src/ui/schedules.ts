import { may } from '../domain/access.ts';
import { rhythmWords } from '../domain/rhythm.ts';
import { type Schedule, type ScheduleRun, TASK_NAMES, TASKS } from '../domain/schedule.ts';
import { runTask, saveSchedule } from '../workflows/commands/rollouts.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, csrfField, pageHead, when } from './parts.ts';
import { type Look, moment } from './present.ts';
import { rhythmFields, wantedPattern } from './rhythm-fields.ts';
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
    ${pageHead({ title: 'Jadwal', lead: html`Yang terlewat karena server mati disusul satu kali. Waktu menurut zona kabupaten.`, actions: html`<a class="btn" href="/pemberitahuan">Pemberitahuan</a>` })}
    <div class="pd-stack"><div class="pd-catalogue">${inReadingOrder(schedules).map((schedule) => card(visit, schedule, mayChange))}</div>
    <section class="card pd-card"><h2 class="pd-card-title">Yang terakhir</h2>
      ${runs.length === 0 && html`<p class="pd-muted">Belum ada.</p>`}
      <ul class="pd-mini-list">${runs.map(({ task, due, state, note }) => html`<li><span>${badge(LOOKS[state])} ${TASKS[task].label}</span><small>${when(due, visit)} · ${note ?? ''}</small></li>`)}</ul></section></div>`;
  return { kind: 'page', title: 'Jadwal', section: 'jadwal', body };
}

function inReadingOrder(schedules: readonly Schedule[]): readonly Schedule[] {
  return schedules.toSorted((a, b) => TASK_NAMES.indexOf(a.task) - TASK_NAMES.indexOf(b.task));
}

function card(visit: Visit, { task, pattern, enabled, window }: Schedule, mayChange: boolean): Html {
  const next = enabled ? visit.tools.calendar.next(pattern, visit.now) : null;
  return html`<section class="card pd-card" aria-labelledby="tugas-${task}"><h2 class="pd-card-title" id="tugas-${task}">${TASKS[task].label}</h2>
    <p><b class="pd-rhythm">${rhythmWords(pattern)}</b> <span class="pd-muted">· ${next === null ? 'Tidak aktif' : `Berikutnya ${moment(next, visit.zone)}`}</span></p>
    ${
      mayChange &&
      html`<details class="pd-fold"><summary>Ubah waktu…</summary><form class="pd-fold-body" method="post" action="/jadwal/${task}">${csrfField(visit)}
      ${rhythmFields(task, pattern)}
      ${TASKS[task].rolls === true && windowField(task, window)}
      <p><input type="checkbox" id="aktif-${task}" name="aktif" value="ya"${enabled && html` checked`}> <label for="aktif-${task}">Berjalan sendiri menurut jadwal ini</label></p>
      <button class="btn btn-primary" type="submit">Simpan</button></form></details>
      ${buttonForm(visit, { action: `/jadwal/${task}/jalankan`, label: 'Jalankan sekarang', icon: 'lanjut', style: '' })}`
    }</section>`;
}

function windowField(task: string, window: string | null): Html {
  return html`<div class="pd-field"><label class="form-label" for="jam-${task}">Desa dimulai pada jam</label><input class="form-control" id="jam-${task}" name="jam" value="${window ?? ''}" placeholder="kapan saja" autocomplete="off" spellcheck="false"><p class="pd-hint">Misalnya 22:00-05:00. Yang sedang dikerjakan diselesaikan.</p></div>`;
}

export function changeSchedule(visit: Visit): Promise<Answer> {
  const { tools, actor, params, form } = visit;
  return orShowAgain(
    async () => {
      const wanted = {
        task: params.text('tugas'),
        pattern: wantedPattern(form),
        enabled: form.text('aktif') === 'ya',
        window: form.text('jam'),
      };
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
