/* The dashboard: asks for its state again when the stream says that something moved, and says so when the stream is cut. */
'use strict';

forEvery('[data-armada]', (note) => {
  const LEAST_MS = 2500;
  const words = note.querySelector('span');
  let last = 0;
  let waiting = null;
  const refresh = () => {
    waiting ??= setTimeout(
      () => {
        waiting = null;
        last = Date.now();
        const state = document.getElementById('keadaan-armada');
        /* Somebody who walks through the tiles, or a tab nobody looks at, is left alone. */
        if (state && !document.hidden && !state.querySelector('.pd-t:focus')) state.dispatchEvent(new CustomEvent('pendopo:berubah'));
      },
      Math.max(0, LEAST_MS - (Date.now() - last)),
    );
  };
  const show = (text, isCut) => {
    words.textContent = text;
    note.toggleAttribute('data-putus', isCut);
  };
  const stream = new EventSource(note.dataset.armada);
  stream.addEventListener('open', () => show(say('Langsung'), false));
  stream.addEventListener('berubah', refresh);
  stream.addEventListener('error', () => show(say('Sambungan langsung terputus; diperbarui setiap {1} detik', note.dataset.jeda), true));
  setInterval(() => {
    if (stream.readyState !== EventSource.OPEN) refresh();
  }, Number(note.dataset.jeda) * 1000);
  document.addEventListener('visibilitychange', () => !document.hidden && refresh());
});

/* One stop of the tab key a kecamatan; arrows walk on from there. */
forEvery('[data-petak]', (group) => {
  const tiles = [...group.querySelectorAll('a')];
  const settle = (at) => tiles.forEach((tile, index) => tile.setAttribute('tabindex', index === at ? '0' : '-1'));
  settle(0);
  group.addEventListener('keydown', (event) => {
    const at = tiles.indexOf(event.target);
    const perRow = tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow, Home: -at, End: tiles.length - 1 - at }[event.key];
    const next = tiles[at + step];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    settle(at + step);
    next.focus();
  });
});
