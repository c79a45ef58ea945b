<!doctype html>
<html lang="id">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Masuk | Aplikasi PBB</title>
  <link rel="stylesheet" href="{{ asset('css/gaya.css') }}">
</head>
<body>
<main>
  <h1>Aplikasi PBB</h1>
  <form method="post" action="{{ url('/login') }}">@csrf
    @error('username')<p class="salah">{{ $message }}</p>@enderror
    <label>Nama pengguna <input name="username" autocomplete="username" required></label>
    <label>Kata sandi <input name="password" type="password" autocomplete="current-password" required></label>
    <button>Masuk</button>
  </form>
  <footer>Contoh Aplikasi PBB v{{ config('app.gangguan') === 'versi-salah' ? '0.9.9' : config('app.version') }} · desa <span data-kode="{{ config('app.kode_desa') }}">{{ config('app.kode_desa') }}</span></footer>
</main>
</body>
</html>
