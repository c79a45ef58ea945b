<!doctype html>
<html lang="id">
<head><meta charset="utf-8"><title>Beranda | Aplikasi PBB</title><link rel="stylesheet" href="{{ asset('css/gaya.css') }}"></head>
<body>
<main>
  <h1>Objek pajak desa {{ $tenant?->code }}</h1>
  <table>@foreach ($objek as $satu)<tr><td>{{ $satu->nop }}</td><td>{{ $satu->nama }}</td><td>Rp{{ number_format($satu->pajak, 0, ',', '.') }}</td></tr>@endforeach</table>
</main>
</body>
</html>
