/* Loaded before anything is painted: who lets their machine decide sees no flash of the other brightness. */
'use strict';
{
  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const follow = () => {
    if (root.dataset.tema === 'sistem') root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
  };
  dark.addEventListener('change', follow);
  follow();
  /* Paper is white, whatever the screen is. */
  let shown = null;
  window.addEventListener('beforeprint', () => {
    shown = root.dataset.bsTheme;
    root.dataset.bsTheme = 'light';
  });
  window.addEventListener('afterprint', () => {
    root.dataset.bsTheme = shown ?? root.dataset.bsTheme;
  });
}
