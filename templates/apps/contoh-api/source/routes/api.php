<?php

declare(strict_types=1);

use App\{Desa, DesaFiles, Token};
use Illuminate\Http\Request;
use Illuminate\Support\Facades\{DB, Hash, Route};

Route::get('/', fn () => ['version' => 'v' . (config('app.gangguan') === 'versi-salah' ? '0.9.9' : config('app.version'))]);

Route::get('/healthcheck', function (Desa $desa, DesaFiles $files) {
    // As upstream: what fails gives its error text as the value, with status 200.
    $check = function (callable $work): bool|string {
        try {
            return $work();
        } catch (Throwable $e) {
            report($e);
            return $e instanceof RuntimeException ? $e->getMessage() : 'Galat.';
        }
    };
    return [
        'database' => config('app.gangguan') === 'sehat-palsu' ? 'SQLSTATE[HY000] [2002] Gangguan buatan' : $check(fn () => DB::table('config')->exists()),
        'ftp' => $check(fn () => $files->read('desa/app_key') !== ''),
        'appkey' => $check(fn () => strlen((string) base64_decode(substr((string) config('app.key'), 7))) === 32),
        'jwt' => strlen((string) config('app.jwt_secret')) >= 32,
        'production' => app()->isProduction(),
        'kodeDesa' => $check(fn () => $desa->kode() === config('app.kode_desa')),
    ];
});

Route::prefix('api/v1')->group(function () {
    Route::get('/profil-desa', fn (Desa $desa) => ['data' => [
        'kode_desa' => $desa->kode(),
        'nama_desa' => $desa->row()->nama_desa,
        'nama_kecamatan' => $desa->row()->nama_kecamatan,
    ]]);

    Route::post('/auth/login', function (Request $request, Desa $desa) {
        $given = $request->validate(['username' => 'required|string', 'password' => 'required|string']);
        $user = DB::table('user')->where('config_id', $desa->row()->id)->where('username', $given['username'])->first();
        if ($user === null || !Hash::check($given['password'], $user->password)) {
            return response()->json(['message' => 'Nama pengguna atau kata sandi salah.'], 401);
        }
        return ['access_token' => Token::issue((string) $user->username), 'token_type' => 'bearer'];
    });

    Route::get('/penduduk', function (Request $request, Desa $desa) {
        if (Token::user($request->bearerToken()) === null) {
            return response()->json(['message' => 'Belum masuk.'], 401);
        }
        return ['data' => DB::table('tweb_penduduk')->where('config_id', $desa->row()->id)->orderBy('id')->limit(20)->get(['nama'])];
    });

    Route::get('/berkas/{path}', function (string $path, DesaFiles $files) {
        try {
            return response($files->read("desa/upload/$path"), 200, ['Content-Type' => 'application/octet-stream', 'X-Content-Type-Options' => 'nosniff']);
        } catch (RuntimeException $e) {
            return response()->json(['message' => $e->getMessage()], 404);
        }
    })->where('path', '.*');
});
