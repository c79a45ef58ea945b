import type { OverviewBand } from '../domain/overview.ts';
import { type Sexes, totalOf } from '../domain/summary.ts';
import { type Html, html } from './html.ts';
import { count } from './present.ts';

/*
 * Pictures of a handful of rectangles, drawn on the server: a library for charts would weigh more than all of them.
 * The numbers stand in the table below each picture, so the picture itself is hidden from readers of the screen.
 */

const RUNG = 15;
const HALF = 150;
const MIDDLE = 46;

/** Men to the left, women to the right, the eldest on top. */
export function pyramid(bands: readonly OverviewBand[]): Html {
  const most = Math.max(1, ...bands.flatMap(({ people }) => [people[0], people[1]]));
  const width = HALF * 2 + MIDDLE;
  const rungs = [...bands].reverse().map(({ from, people: [men, women] }, at) => {
    const [left, right] = [men, women].map((n) => Math.round((n / most) * HALF * 10) / 10);
    const y = at * RUNG;
    return html`<rect class="pd-men" x="${HALF - (left ?? 0)}" y="${y}" width="${left ?? 0}" height="${RUNG - 2}"/><text x="${HALF + MIDDLE / 2}" y="${y + RUNG - 4}">${bandName(from)}</text><rect class="pd-women" x="${HALF + MIDDLE}" y="${y}" width="${right ?? 0}" height="${RUNG - 2}"/>`;
  });
  return html`<svg class="pd-chart" viewBox="0 0 ${width} ${bands.length * RUNG}" aria-hidden="true" focusable="false">${rungs}</svg>`;
}

export function bandName(from: number): string {
  return from === 75 ? '75+' : `${from}–${from + 4}`;
}

export interface Bar {
  readonly label: Html | string;
  readonly people: Sexes;
}

/** A table whose rows carry a bar each: picture and numbers in one, at any width. */
export function barTable(head: string, bars: readonly Bar[]): Html {
  const most = Math.max(1, ...bars.map(({ people }) => totalOf(people)));
  return html`<div class="pd-bars"><table class="pd-bar-table"><thead><tr><th scope="col">${head}</th><th scope="col"><span class="visually-hidden">Gambar</span></th><th scope="col">L</th><th scope="col">P</th><th scope="col">Jumlah</th></tr></thead>
    <tbody>${bars.map(({ label, people }) => {
      const share = (n: number): number => Math.round((n / most) * 1000) / 10;
      return html`<tr><th scope="row">${label}</th><td class="pd-bar-cell"><svg class="pd-chart-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="pd-men" width="${share(people[0])}" height="8"/><rect class="pd-women" x="${share(people[0])}" width="${share(people[1])}" height="8"/></svg></td><td>${count(people[0])}</td><td>${count(people[1])}</td><td>${count(totalOf(people))}</td></tr>`;
    })}</tbody></table></div>`;
}
