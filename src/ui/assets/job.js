/* A job's page: lines of its log as they come, everything else fetched again when something moved. */
'use strict';

const followJob = (panel) => {
  const lines = panel.querySelector('.pd-log-lines');
  const empty = panel.querySelector('.pd-log-empty');
  const live = panel.querySelector('[data-sambungan]');
  const follow = panel.querySelector('[data-ikuti]');
  const field = panel.querySelector('.pd-log-search input');
  const found = panel.querySelector('[data-hasil]');
  const time = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: panel.dataset.zona });
  let last = Number(panel.dataset.terakhir);
  let isFollowing = true;
  let refresh = null;

  const toEnd = () => {
    if (isFollowing) lines.scrollTop = lines.scrollHeight;
  };
  const setFollowing = (value) => {
    isFollowing = value;
    follow.setAttribute('aria-pressed', String(value));
    follow.querySelector('span').textContent = say(value ? 'Jeda gulir' : 'Ikuti');
    toEnd();
  };
  const refreshSoon = () => {
    refresh ??= setTimeout(() => {
      refresh = null;
      document.getElementById('keadaan')?.dispatchEvent(new CustomEvent('pendopo:berubah'));
    }, 120);
  };

  /* Searching hides lines; Enter asks the server, which knows all of a long log. */
  const isMeant = (line) => line.lastElementChild.textContent.toLowerCase().includes(field.value.trim().toLowerCase());
  const search = () => {
    const all = [...lines.querySelectorAll('.pd-log-line')];
    for (const line of all) line.hidden = !isMeant(line);
    const shown = all.filter((line) => !line.hidden).length;
    found.textContent = field.value.trim() === '' ? '' : say('{1} baris cocok', shown);
    empty.hidden = shown > 0;
    if (shown === 0) empty.textContent = say(all.length === 0 ? 'Belum ada catatan.' : 'Tidak ada baris yang cocok.');
    toEnd();
  };
  field.addEventListener('input', search);

  const addLine = ({ id, at, position, text }) => {
    const line = document.createElement('div');
    line.className = 'pd-log-line';
    line.dataset.id = id;
    const when = document.createElement('time');
    when.textContent = time.format(new Date(at));
    const step = document.createElement('span');
    step.className = 'pd-log-step';
    step.textContent = position === null ? '' : position + 1;
    const words = document.createElement('span');
    words.textContent = text;
    line.append(when, step, words);
    lines.insertBefore(line, empty);
    if (field.value.trim() === '') empty.hidden = true;
    else search();
    toEnd();
  };
  const take = (event) => {
    if (event.id <= last) return;
    last = event.id;
    if (event.kind === 'log') addLine(event);
    else refreshSoon();
  };

  follow.hidden = false;
  follow.addEventListener('click', () => setFollowing(!isFollowing));
  /* Scrolling up by hand is a wish to read; scrolling back to the end is a wish to follow. */
  lines.addEventListener('wheel', (event) => event.deltaY < 0 && isFollowing && setFollowing(false), { passive: true });
  lines.addEventListener('touchmove', () => isFollowing && setFollowing(false), { passive: true });
  lines.addEventListener('keydown', (event) => {
    if (['ArrowUp', 'PageUp', 'Home'].includes(event.key)) setFollowing(false);
    if (event.key === 'End') setFollowing(true);
  });
  if (field.value !== '') search();
  toEnd();
  if (panel.dataset.langsung !== 'ya') {
    follow.hidden = true;
    return;
  }

  const SECONDS = 5;
  const end = () => {
    stream.end();
    live.hidden = true;
    follow.hidden = true;
    refreshSoon();
  };
  /* While the stream is cut: the same events by asking. */
  const poll = async () => {
    refreshSoon();
    try {
      const answer = await fetch(`${panel.dataset.kejadian}?setelah=${last}`);
      if (answer.ok) for (const event of (await answer.json()).rows) take(event);
    } catch {
      /* The server is away; the next turn asks again. */
    }
    if (document.getElementById('keadaan')?.dataset.aktif !== 'ya') end();
  };
  const onEvent = (message) => take(JSON.parse(message.data));
  const stream = followStream({
    url: () => `${panel.dataset.aliran}?setelah=${last}`,
    events: { log: onEvent, step: onEvent, job: onEvent, end },
    onState: (isOpen) => {
      live.textContent = isOpen ? say('langsung') : say('terputus; diperbarui setiap {1} detik', SECONDS);
      live.toggleAttribute('data-putus', !isOpen);
    },
    seconds: SECONDS,
    poll,
  });
};
forEvery('[data-aliran]', followJob);

/* A job that has ended changes no more: a late answer must not close what somebody has opened or typed meanwhile. */
document.addEventListener('htmx:beforeSwap', (event) => {
  const { target } = event.detail;
  if (target.id === 'keadaan' && target.dataset.aktif === 'tidak') event.detail.shouldSwap = false;
});

/* What changed is read aloud once, and a tab in the background tells how far it is. */
const pageTitle = document.title;
forEvery('#keadaan', (state) => {
  document.title = state.dataset.aktif === 'ya' ? `${state.dataset.persen}% · ${pageTitle}` : pageTitle;
  const speaker = document.querySelector('[data-pengumuman]');
  if (speaker && speaker.textContent !== state.dataset.kabar) speaker.textContent = state.dataset.kabar;
});
