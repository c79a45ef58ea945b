/* The dashboard's tiles: one stop of the tab key a kecamatan; arrows walk on from there. */
'use strict';

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
