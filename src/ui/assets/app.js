/* What the pages do in the browser beyond links and forms. Every page works without it. */
'use strict';

document.documentElement.classList.add('js');

/** Runs `work` for every element that matches, now and in every fragment that htmx brings in. */
const forEvery = (selector, work) => {
  const known = new WeakSet();
  const meet = (element) => {
    if (known.has(element)) return;
    known.add(element);
    work(element);
  };
  const visit = (root) => {
    if (root instanceof Element && root.matches(selector)) meet(root);
    for (const element of root.querySelectorAll(selector)) meet(element);
  };
  visit(document);
  document.addEventListener('htmx:load', (event) => visit(event.detail.elt));
};

const tell = (text, isBad = false) => {
  const toast = document.createElement('div');
  toast.className = isBad ? 'pd-toast pd-buruk' : 'pd-toast';
  toast.textContent = text;
  document.getElementById('kabar').append(toast);
  setTimeout(() => toast.remove(), isBad ? 8000 : 4000);
};

/* ---- durations that tick; worded as src/ui/present.ts words them */
const duration = (milliseconds) => {
  const ms = Math.max(0, milliseconds);
  if (ms < 9950) return say('{1} detik', (Math.round(ms / 100) / 10).toLocaleString(LOCALE, { minimumFractionDigits: 1 }));
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return say('{1} detik', seconds);
  if (seconds < 3600) return say('{1} menit {2} detik', Math.floor(seconds / 60), seconds % 60);
  if (seconds < 172_800) return say('{1} jam {2} menit', Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
  return say('{1} hari {2} jam', Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600));
};

/* The server's clock counts: what is shown at load tells how far ours is off. */
const serverAhead = Number(document.querySelector('meta[name="pendopo-waktu"]')?.content ?? Date.now()) - Date.now();
const tick = () => {
  const now = Date.now() + serverAhead;
  for (const element of document.querySelectorAll('[data-sejak]')) element.textContent = duration(now - Date.parse(element.dataset.sejak));
  for (const element of document.querySelectorAll('[data-sampai]')) element.textContent = duration(Date.parse(element.dataset.sampai) - now);
};
setInterval(tick, 500);

/* ---- forms */
const busy = (form, submitter) => {
  const button = submitter ?? form.querySelector('button[type="submit"]');
  /* After the browser has collected the form: a disabled button would not be sent with it. */
  setTimeout(() => {
    button?.setAttribute('aria-busy', 'true');
    for (const other of form.querySelectorAll('button[type="submit"]')) other.disabled = true;
  });
};
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post' || form.hasAttribute('hx-post')) return;
  if (form.dataset.konfirmasi && form.dataset.yakin !== 'ya') {
    event.preventDefault();
    askFirst(form, event.submitter);
    return;
  }
  busy(form, event.submitter);
});
/* Coming back by the browser's history must not show buttons that stay busy for ever. */
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});

const askFirst = (form, submitter) => {
  const dialog = document.createElement('dialog');
  dialog.className = 'pd-dialog';
  const words = document.createElement('p');
  words.textContent = form.dataset.konfirmasi;
  words.id = 'pertanyaan';
  dialog.setAttribute('aria-labelledby', 'pertanyaan');
  const row = document.createElement('div');
  row.className = 'pd-row';
  const no = document.createElement('button');
  no.className = 'btn';
  no.type = 'button';
  no.textContent = say('Tidak');
  const yes = document.createElement('button');
  yes.className = 'btn btn-primary';
  yes.type = 'button';
  yes.textContent = say('Ya, {1}', submitter?.textContent.trim().toLowerCase() ?? say('lanjutkan'));
  row.append(no, yes);
  dialog.append(words, row);
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  no.addEventListener('click', () => dialog.close());
  yes.addEventListener('click', () => {
    dialog.close();
    /* A live part may have been replaced meanwhile: send the form that stands there now. */
    const current = form.isConnected ? form : [...document.forms].find((other) => other.action === form.action);
    if (!current) return;
    current.dataset.yakin = 'ya';
    current.requestSubmit();
  });
  dialog.showModal();
};

/* Removing: the button wakes up once the kode is typed, with or without its dots. */
forEvery('[data-ketik]', (form) => {
  const digits = (text) => text.replaceAll('.', '').trim();
  const field = form.querySelector('input[name="konfirmasi"]');
  const button = form.querySelector('button[type="submit"]');
  const check = () => {
    button.disabled = digits(field.value) !== digits(form.dataset.ketik);
  };
  field.addEventListener('input', check);
  check();
});

/* A list that somebody is ticking is not exchanged under their hands. */
document.addEventListener('htmx:beforeRequest', (event) => {
  const { elt } = event.detail;
  if (elt.id === 'daftar-desa' && elt.querySelector('input[name="desa"]:checked, details[open]')) event.preventDefault();
});
forEvery('[data-pilihan]', (form) => {
  const boxes = [...form.querySelectorAll('input[name="desa"]')];
  const whole = form.querySelector('input[name="semua"]');
  const update = () => {
    const n = boxes.filter((box) => box.checked).length;
    form.querySelector('[data-jumlah]').textContent = whole.checked ? say('Semua yang cocok saringan.') : n > 0 ? say('{1} desa dicentang.', n) : say('Centang desa untuk bertindak sekaligus.');
    form.querySelector('[data-massal] button').disabled = n === 0 && !whole.checked;
  };
  form.addEventListener('change', update);
  update();
});
forEvery('select[data-kirim]', (select) => select.addEventListener('change', () => select.form.requestSubmit()));
forEvery('[data-cetak]', (button) => {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
});

/* Ticking many desa. */
forEvery('[data-pesanan]', (form) => {
  const boxes = [...form.querySelectorAll('input[name="desa"]')];
  const all = form.querySelector('[data-centang-semua]');
  const submits = [...form.querySelectorAll('button[type="submit"]')];
  const update = () => {
    const n = boxes.filter((box) => box.checked).length;
    form.querySelector('[data-jumlah]').textContent = n === 0 ? say('Centang desa yang akan ditambahkan.') : say('{1} desa dicentang.', n);
    const label = form.querySelector('[data-tombol-pasang]');
    if (label) label.textContent = n > 1 ? say('Pasang {1} desa', n) : say('Pasang');
    for (const button of submits) button.disabled = n === 0;
    if (all) all.textContent = say(n === boxes.length ? 'Kosongkan' : 'Centang semua');
  };
  form.addEventListener('change', update);
  if (all) {
    all.hidden = false;
    all.addEventListener('click', () => {
      const value = boxes.some((box) => !box.checked);
      for (const box of boxes) box.checked = value;
      update();
    });
  }
  update();
});

/* ---- small conveniences */
forEvery('[data-salin]', (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const source = document.querySelector(button.dataset.salin);
    const lines = [...source.querySelectorAll('.pd-log-line')].map((line) => [...line.children].map((part) => part.textContent).join('\t'));
    try {
      await navigator.clipboard.writeText(lines.length > 0 ? lines.join('\n') : source.textContent.trim());
      tell(say('Disalin.'));
    } catch {
      tell(say('Tidak dapat menyalin; pilih teksnya lalu salin sendiri.'), true);
    }
  });
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') for (const menu of document.querySelectorAll('details[data-menu][open]')) menu.open = false;
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.target.closest('input, select, textarea, [contenteditable]')) return;
  const field = document.querySelector('[data-cari]');
  if (!field) return;
  event.preventDefault();
  field.focus();
});
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) if (!menu.contains(event.target)) menu.open = false;
});

/* The message of a redirect is said once: reloading the page must not say it again. */
if (document.querySelector('[data-sementara]')) {
  const address = new URL(window.location.href);
  address.searchParams.delete('pesan');
  address.searchParams.delete('n');
  window.history.replaceState(window.history.state, '', address);
}

document.addEventListener('htmx:sendError', () => tell(say('Server tidak dapat dihubungi. Periksa jaringan Anda.'), true));
document.addEventListener('htmx:responseError', () => tell(say('Permintaan tidak berhasil. Muat ulang halaman ini.'), true));
