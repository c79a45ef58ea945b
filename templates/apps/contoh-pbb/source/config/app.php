<?php

declare(strict_types=1);

return [
    'name' => env('APP_NAME', 'Contoh PBB'),
    'env' => env('APP_ENV', 'production'),
    'debug' => (bool) env('APP_DEBUG', false),
    'url' => env('APP_URL', 'http://localhost'),
    'asset_url' => env('ASSET_URL'),
    'timezone' => 'Asia/Jakarta',
    'locale' => 'id',
    'fallback_locale' => 'en',
    'key' => env('APP_KEY'),
    'cipher' => 'AES-256-CBC',
    'version' => trim((string) file_get_contents(dirname(__DIR__) . '/VERSION')),
    'kode_desa' => env('KODE_DESA', '004'),
    'gangguan' => env('GANGGUAN', 'tidak-ada'),
    'maintenance' => ['driver' => 'file'],
    'providers' => [...Illuminate\Support\ServiceProvider::defaultProviders()->toArray(), App\Providers::class],
    'aliases' => Illuminate\Support\Facades\Facade::defaultAliases()->toArray(),
];
