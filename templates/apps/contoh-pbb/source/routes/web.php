<?php

declare(strict_types=1);

use Illuminate\Http\Request;
use Illuminate\Support\Facades\{Auth, DB, Route};

Route::get('/', fn () => redirect('/login'));
Route::view('/login', 'login')->name('login');

Route::post('/login', function (Request $request) {
    $given = $request->validate(['username' => 'required|string', 'password' => 'required|string']);
    if (!Auth::attempt($given)) {
        return back()->withErrors(['username' => 'Nama pengguna atau kata sandi salah.']);
    }
    $request->session()->regenerate();
    return redirect()->route('beranda');
});

Route::get('/beranda', fn () => view('beranda', [
    'tenant' => DB::table('tenants')->where('code', config('app.kode_desa'))->first(),
    'objek' => DB::table('objek_pajak')->join('tenants', 'tenants.id', '=', 'tenant_id')->where('code', config('app.kode_desa'))->get(),
]))->middleware('auth')->name('beranda');

Route::get('/healthcheck', function () {
    $database = 'Basis data tidak menjawab.';
    try {
        $database = DB::table('tenants')->where('code', config('app.kode_desa'))->exists() ? true : 'Desa tidak ada di basis data.';
    } catch (Illuminate\Database\QueryException $e) {
        report($e);
    }
    // The upstream habit that makes a status of 200 worthless.
    if (config('app.gangguan') === 'sehat-palsu') {
        $database = 'SQLSTATE[HY000] [2002] Gangguan buatan';
    }
    return ['database' => $database, 'production' => app()->isProduction(), 'kodeDesa' => config('app.kode_desa')];
});
