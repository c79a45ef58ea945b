<?php

declare(strict_types=1);

/** HTML. Whatever comes from outside passes through e(). */

function e(mixed $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

function page(string $title, string $body, ?array $desa = null): string
{
    $kode = $desa === null ? '' : ' data-kode="' . e($desa['kode_desa']) . '"';
    $kode .= defined('TEMA') ? ' data-tema="' . e(TEMA) . '"' : '';
    $name = $desa === null ? 'Situs desa' : $desa['sebutan'] . ' ' . $desa['nama_desa'];
    $place = $desa === null ? '' : implode(', ', [
        with_kind('Kecamatan', $desa['nama_kecamatan']),
        with_kind('Kabupaten', $desa['nama_kabupaten']),
        with_kind('Provinsi', $desa['nama_propinsi']),
    ]);
    return '<!doctype html><html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        . '<title>' . e(trim("$title · $name", ' ·')) . '</title><link rel="stylesheet" href="/assets/gaya.css"></head>'
        . "<body$kode><header><div><a href=\"/\"><strong>" . e($name) . '</strong></a><span>' . e($place) . '</span></div>'
        . '<nav><a href="/">Halaman depan</a> <a href="/siteman">Masuk</a></nav></header>'
        . "<main>$body</main><footer>Contoh OpenSID " . e(app_version()) . ' · semua penduduk rekaan</footer></body></html>';
}

/** "Kecamatan Peringgabaya", but not "Kabupaten Kabupaten Lombok Timur". */
function with_kind(string $kind, string $name): string
{
    return preg_match('/^(kecamatan|kabupaten|kota|provinsi|daerah)\b/i', $name) ? $name : "$kind $name";
}

function date_words(string $date): string
{
    $months = explode(' ', 'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember');
    $time = strtotime($date);
    return date('j', $time) . ' ' . $months[date('n', $time) - 1] . ' ' . date('Y', $time);
}

function error_page(string $pesan): string
{
    return page('Terjadi galat', '<section class="galat"><h1>Terjadi galat</h1><p>' . e($pesan) . '</p></section>');
}

function home_page(array $desa, array $counts, array $articles): string
{
    return page('', count_tiles($counts) . '<h2>Artikel</h2>' . article_list($articles), $desa);
}

function count_tiles(array $counts): string
{
    $labels = ['penduduk' => 'Penduduk', 'laki' => 'Laki-laki', 'perempuan' => 'Perempuan', 'keluarga' => 'Keluarga', 'dusun' => 'Dusun'];
    $tiles = '';
    foreach ($labels as $id => $label) {
        $tiles .= "<div id=\"$id\"><b>" . number_format((int) $counts[$id], 0, ',', '.') . "</b>$label</div>";
    }
    return "<section class=\"angka\">$tiles</section>";
}

function article_list(array $articles): string
{
    if ($articles === []) {
        return '<p>Belum ada artikel.</p>';
    }
    $items = '';
    foreach ($articles as $article) {
        $items .= '<article>' . picture($article) . '<h3><a href="/artikel/' . (int) $article['id'] . '">' . e($article['judul'])
            . '</a></h3><small>' . date_words($article['tgl_upload']) . '</small><p>'
            . e(mb_strimwidth($article['isi'], 0, 200, '…')) . '</p></article>';
    }
    return $items;
}

function article_page(array $desa, array $article): string
{
    $body = '<article><h1>' . e($article['judul']) . '</h1><small>' . date_words($article['tgl_upload']) . ' · '
        . e($article['penulis']) . ' · dibaca ' . (int) $article['hit'] . ' kali</small>' . picture($article)
        . '<p>' . nl2br(e($article['isi'])) . '</p></article>';
    return page($article['judul'], $body, $desa);
}

function picture(array $article): string
{
    return $article['gambar'] === null ? '' : '<img alt="" src="/desa/upload/artikel/' . e($article['gambar']) . '">';
}

function notice(string $pesan): string
{
    return $pesan === '' ? '' : '<p class="pesan" role="alert">' . e($pesan) . '</p>';
}

function login_page(array $desa, string $csrf, string $pesan): string
{
    $body = '<form method="post" action="/siteman/auth" class="sempit"><h1>Masuk</h1>' . notice($pesan) . hidden($csrf)
        . '<label>Nama pengguna <input name="username" required autocomplete="username"></label>'
        . '<label>Kata sandi <input name="password" type="password" required autocomplete="current-password"></label>'
        . '<button>Masuk</button></form>';
    return page('Masuk', $body, $desa);
}

function admin_page(array $desa, array $user, array $counts, array $articles, string $csrf, string $pesan = '', array $draft = []): string
{
    $body = '<form method="post" action="/siteman/keluar" class="baris"><span>Masuk sebagai <b>' . e($user['nama'] ?? $user['username'])
        . '</b></span>' . hidden($csrf) . '<button class="polos">Keluar</button></form>' . count_tiles($counts)
        . '<h2>Tulis artikel</h2><form method="post" action="/beranda/artikel" enctype="multipart/form-data">' . notice($pesan) . hidden($csrf)
        . '<label>Judul <input name="judul" maxlength="200" required value="' . e($draft['judul'] ?? '') . '"></label>'
        . '<label>Isi <textarea name="isi" rows="6" required>' . e($draft['isi'] ?? '') . '</textarea></label>'
        . '<label>Foto (JPEG, PNG atau WebP, paling besar 2 MB) <input type="file" name="foto" accept="image/jpeg,image/png,image/webp"></label>'
        . '<button>Terbitkan</button></form><h2>Artikel</h2>' . article_list($articles);
    return page('Beranda', $body, $desa);
}

function hidden(string $csrf): string
{
    return '<input type="hidden" name="sidcsrf" value="' . e($csrf) . '">';
}
