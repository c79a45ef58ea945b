<?php

declare(strict_types=1);

/** Signing in, and what one may do then. */

const LOGIN_ATTEMPTS = 5;
const PHOTO_BYTES = 2 * 1024 * 1024;
const PHOTO_TYPES = [IMAGETYPE_JPEG => 'jpg', IMAGETYPE_PNG => 'png', IMAGETYPE_WEBP => 'webp'];

function is_https(): bool
{
    return ($_SERVER['HTTPS'] ?? '') === 'on';
}

/** The cookie must come back as a form field; another site can send the one but not know the other. */
function csrf_token(): string
{
    $token = $_COOKIE['sidcsrf'] ?? '';
    if (!is_string($token) || !preg_match('/^[0-9a-f]{32}$/', $token)) {
        $token = bin2hex(random_bytes(16));
        setcookie('sidcsrf', $token, ['path' => '/', 'httponly' => true, 'samesite' => 'Lax', 'secure' => is_https()]);
    }
    return $token;
}

function require_csrf(): void
{
    if (!hash_equals(csrf_token(), posted('sidcsrf'))) {
        throw new DesaError('Formulir sudah kedaluwarsa. Kembali, muat ulang halaman, lalu kirim lagi.', 403);
    }
}

function posted(string $name): string
{
    $value = $_POST[$name] ?? '';
    return is_string($value) ? trim($value) : '';
}

/** The kode is in the cookie's name: desa on other ports of the same host share the browser's cookies. */
function open_session(array $desa): void
{
    session_name('sesi_' . $desa['kode_desa']);
    session_start([
        'save_path' => sys_get_temp_dir(), 'use_strict_mode' => true, 'gc_maxlifetime' => 7200,
        'cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'cookie_secure' => is_https(),
    ]);
}

function current_user(PDO $db, array $desa): ?array
{
    if (!isset($_COOKIE['sesi_' . $desa['kode_desa']])) {
        return null;
    }
    open_session($desa);
    $id = $_SESSION['user'] ?? 0;
    return rows($db, 'SELECT * FROM user WHERE config_id = ? AND id = ? AND active = 1', [$desa['id'], $id])[0] ?? null;
}

/** @return string '' or why not: a key of LOGIN_MESSAGES */
function sign_in(PDO $db, array $desa, string $username, string $password): string
{
    $address = $_SERVER['REMOTE_ADDR'] ?? '';
    $failures = first_value(
        $db,
        "SELECT COUNT(*) FROM log_login WHERE config_id = ? AND ip_address = ? AND username = ? AND lainnya = 'gagal'
         AND created_at > NOW() - INTERVAL 5 MINUTE",
        [$desa['id'], $address, $username],
    );
    if ($failures >= LOGIN_ATTEMPTS) {
        return 'terkunci';
    }
    $user = rows($db, 'SELECT * FROM user WHERE config_id = ? AND username = ? AND active = 1', [$desa['id'], $username])[0] ?? null;
    // An unknown name takes as long as a wrong password.
    $ok = password_verify($password, $user['password'] ?? '$2y$10$' . str_repeat('.', 53));
    rows(
        $db,
        'INSERT INTO log_login (uuid, config_id, username, ip_address, user_agent, referer, lainnya) VALUES (UUID(), ?, ?, ?, ?, ?, ?)',
        [
            $desa['id'], mb_substr($username, 0, 255), $address, mb_substr($_SERVER['HTTP_USER_AGENT'] ?? '', 0, 255),
            mb_substr($_SERVER['HTTP_REFERER'] ?? '', 0, 255), $ok ? 'berhasil' : 'gagal',
        ],
    );
    if (!$ok) {
        return 'gagal';
    }
    rows($db, 'UPDATE user SET last_login = NOW() WHERE id = ?', [$user['id']]);
    open_session($desa);
    session_regenerate_id(true);
    $_SESSION['user'] = $user['id'];
    return '';
}

function sign_out(): void
{
    $_SESSION = [];
    session_destroy();
    setcookie(session_name(), '', ['expires' => 1, 'path' => '/']);
}

/** @return string '' or what is wrong with the form */
function add_article(PDO $db, array $desa, array $user): string
{
    [$title, $text] = [posted('judul'), posted('isi')];
    if ($title === '' || $text === '' || mb_strlen($title) > 200 || mb_strlen($text) > 15000) {
        return 'Judul (paling panjang 200 huruf) dan isi (paling panjang 15.000 huruf) harus diisi.';
    }
    // The tables are utf8mb3, like OpenSID's: they cannot hold emoji.
    if (!preg_match('/^[^\x{10000}-\x{10FFFF}]*$/u', $title . $text)) {
        return 'Tulisan memuat lambang yang tidak dapat disimpan, misalnya emoji.';
    }
    try {
        $photo = store_photo($_FILES['foto'] ?? ['error' => UPLOAD_ERR_NO_FILE]);
    } catch (DesaError $e) {
        return $e->getMessage();
    }
    $category = first_value($db, 'SELECT MIN(id) FROM kategori WHERE config_id = ?', [$desa['id']]);
    rows(
        $db,
        'INSERT INTO artikel (config_id, judul, isi, gambar, id_kategori, id_user) VALUES (?, ?, ?, ?, ?, ?)',
        [$desa['id'], $title, $text, $photo, $category, $user['id']],
    );
    return '';
}

/** Puts a photo below desa/upload/ under a name of our own. */
function store_photo(array $file): ?string
{
    if ($file['error'] === UPLOAD_ERR_NO_FILE) {
        return null;
    }
    if ($file['error'] !== UPLOAD_ERR_OK || $file['size'] > PHOTO_BYTES) {
        throw new DesaError('Foto gagal diunggah: paling besar 2 MB.', 422);
    }
    $type = PHOTO_TYPES[getimagesize($file['tmp_name'])[2] ?? 0] ?? throw new DesaError('Foto harus JPEG, PNG atau WebP.', 422);
    $folder = DESA . '/upload/artikel';
    $name = bin2hex(random_bytes(8)) . '.' . $type;
    if ((!is_dir($folder) && !mkdir($folder, 0755, true)) || !move_uploaded_file($file['tmp_name'], "$folder/$name")) {
        throw new DesaError('Foto tidak dapat disimpan: map desa/upload tidak dapat ditulisi.', 422);
    }
    chmod("$folder/$name", 0644);
    return $name;
}
