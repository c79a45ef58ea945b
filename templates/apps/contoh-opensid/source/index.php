<?php

declare(strict_types=1);

foreach (['desa', 'pages', 'admin', 'fault'] as $part) {
    require __DIR__ . "/app/$part.php";
}

const LOGIN_MESSAGES = [
    'gagal' => 'Nama pengguna atau kata sandi salah.',
    'terkunci' => 'Terlalu banyak percobaan. Coba lagi lima menit lagi.',
];

header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');
ini_set('error_log', LOGS . '/galat.log');
try {
    $settings = read_settings();
    define('TEMA', $settings['tema']);
    disturb_page($settings['gangguan']);
    $db = connect($settings['database']);
    echo answer($db, with_title($db, find_desa($db)));
} catch (DesaError $e) {
    http_response_code($e->getCode());
    if ($e->getCode() >= 500) {
        error_log($e->getMessage() . ' ' . $e->getPrevious()?->getMessage());
    }
    echo error_page($e->getMessage());
} catch (Throwable $e) {
    http_response_code(500);
    error_log(sprintf('%s: %s (%s:%d)', $e::class, $e->getMessage(), $e->getFile(), $e->getLine()));
    echo error_page('Halaman ini gagal dibuat. Rinciannya ada di catatan aplikasi.');
}

function answer(PDO $db, array $desa): string
{
    $route = $_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
    if (preg_match('~^GET /artikel/(\d{1,9})$~', $route, $match)) {
        return show_article($db, $desa, (int) $match[1]);
    }
    return match ($route) {
        'GET /', 'HEAD /' => home_page($desa, counts($db, $desa), articles($db, $desa)),
        'GET /siteman', 'HEAD /siteman' => login_page($desa, csrf_token(), login_message()),
        'POST /siteman/auth' => handle_login($db, $desa),
        'POST /siteman/keluar' => handle_logout($db, $desa),
        'GET /beranda' => show_admin($db, $desa),
        'POST /beranda/artikel' => handle_article($db, $desa),
        default => throw new DesaError('Halaman tidak ditemukan.', 404),
    };
}

function with_title(PDO $db, array $desa): array
{
    $title = first_value($db, "SELECT value FROM setting_aplikasi WHERE config_id = ? AND `key` = 'sebutan_desa'", [$desa['id']]);
    return [...$desa, 'sebutan' => $title ?? throw new DesaError('Pengaturan sebutan_desa tidak ada.')];
}

function counts(PDO $db, array $desa): array
{
    return rows(
        $db,
        "SELECT COUNT(*) AS penduduk, COALESCE(SUM(sex = 1), 0) AS laki, COALESCE(SUM(sex = 2), 0) AS perempuan,
         (SELECT COUNT(*) FROM keluarga_aktif WHERE config_id = ?) AS keluarga,
         (SELECT COUNT(*) FROM tweb_wil_clusterdesa WHERE config_id = ? AND rw = '0' AND rt = '0') AS dusun
         FROM penduduk_hidup WHERE config_id = ?",
        [$desa['id'], $desa['id'], $desa['id']],
    )[0];
}

function articles(PDO $db, array $desa): array
{
    return rows($db, 'SELECT * FROM artikel WHERE config_id = ? AND enabled = 1 ORDER BY tgl_upload DESC, id DESC LIMIT 10', [$desa['id']]);
}

function show_article(PDO $db, array $desa, int $id): string
{
    rows($db, 'UPDATE artikel SET hit = hit + 1 WHERE config_id = ? AND id = ?', [$desa['id'], $id]);
    $article = rows(
        $db,
        'SELECT a.*, u.nama AS penulis FROM artikel a JOIN user u ON u.id = a.id_user WHERE a.config_id = ? AND a.id = ? AND a.enabled = 1',
        [$desa['id'], $id],
    )[0] ?? throw new DesaError('Artikel tidak ditemukan.', 404);
    return article_page($desa, $article);
}

function show_admin(PDO $db, array $desa, string $pesan = '', array $draft = []): string
{
    $user = current_user($db, $desa);
    if ($user === null) {
        return redirect('/siteman');
    }
    return admin_page($desa, $user, counts($db, $desa), articles($db, $desa), csrf_token(), $pesan, $draft);
}

function login_message(): string
{
    $key = $_GET['pesan'] ?? '';
    return is_string($key) ? LOGIN_MESSAGES[$key] ?? '' : '';
}

function handle_login(PDO $db, array $desa): string
{
    require_csrf();
    $password = is_string($_POST['password'] ?? null) ? $_POST['password'] : '';
    $failure = sign_in($db, $desa, posted('username'), $password);
    return redirect($failure === '' ? '/beranda' : "/siteman?pesan=$failure");
}

function handle_logout(PDO $db, array $desa): string
{
    require_csrf();
    if (current_user($db, $desa) !== null) {
        sign_out();
    }
    return redirect('/siteman');
}

function handle_article(PDO $db, array $desa): string
{
    require_csrf();
    $user = current_user($db, $desa);
    if ($user === null) {
        return redirect('/siteman');
    }
    $fault = add_article($db, $desa, $user);
    if ($fault === '') {
        return redirect('/beranda');
    }
    http_response_code(422);
    return admin_page($desa, $user, counts($db, $desa), articles($db, $desa), csrf_token(), $fault, $_POST);
}

function redirect(string $path): string
{
    http_response_code(303);
    header("Location: $path");
    return '';
}
