/* Pages that follow what happens, and say so when they cannot: then they ask from time to time until the stream is back. */
'use strict';

/**
 * Listens while somebody looks: a browser has six connections for all its tabs, and a stream keeps one.
 * `url` is asked anew at each connection, so that it may say how far we are.
 */
const followStream = ({ url, events, onState, seconds, poll }) => {
  let stream = null;
  let isOver = false;
  const hangUp = () => {
    stream?.close();
    stream = null;
  };
  const connect = () => {
    if (stream !== null || isOver || document.hidden) return;
    stream = new EventSource(url());
    stream.addEventListener('open', () => onState(true));
    stream.addEventListener('error', () => onState(false));
    for (const [name, work] of Object.entries(events)) stream.addEventListener(name, work);
  };
  setInterval(() => {
    if (isOver || document.hidden || stream?.readyState === EventSource.OPEN) return;
    /* Refused by the server: the browser does not try that again by itself. */
    if (stream?.readyState === EventSource.CLOSED) hangUp();
    connect();
    poll();
  }, seconds * 1000);
  document.addEventListener('visibilitychange', () => {
    if (isOver) return;
    if (document.hidden) return hangUp();
    connect();
    poll();
  });
  connect();
  return {
    end: () => {
      isOver = true;
      hangUp();
    },
  };
};

forEvery('[data-armada]', (note) => {
  const LEAST_MS = 2500;
  /* What happens without a job rings no bell: an app that fell silent, a disk that fills up. */
  const MOST_MS = 60_000;
  const words = note.querySelector('span');
  const seconds = Number(note.dataset.jeda);
  let last = 0;
  let waiting = null;
  const refresh = () => {
    waiting ??= setTimeout(
      () => {
        waiting = null;
        last = Date.now();
        const state = document.getElementById(note.dataset.sasaran);
        /* Somebody who walks through the tiles, or a tab nobody looks at, is left alone. */
        if (state && !document.hidden && !state.querySelector('.pd-t:focus')) state.dispatchEvent(new CustomEvent('pendopo:berubah'));
      },
      Math.max(0, LEAST_MS - (Date.now() - last)),
    );
  };
  followStream({
    url: () => note.dataset.armada,
    events: { berubah: refresh },
    onState: (isOpen) => {
      words.textContent = isOpen ? say('Langsung') : say('Sambungan langsung terputus; diperbarui setiap {1} detik', seconds);
      note.toggleAttribute('data-putus', !isOpen);
    },
    seconds,
    poll: refresh,
  });
  setInterval(refresh, MOST_MS);
});
