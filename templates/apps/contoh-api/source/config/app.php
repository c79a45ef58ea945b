<?php

declare(strict_types=1);

return [
    'name' => env('APP_NAME', 'Contoh API'),
    'env' => env('APP_ENV', 'production'),
    'debug' => (bool) env('APP_DEBUG', false),
    'url' => env('APP_URL', 'http://localhost'),
    'timezone' => 'Asia/Jakarta',
    'locale' => 'id',
    'fallback_locale' => 'en',
    'key' => env('APP_KEY'),
    'cipher' => 'AES-256-CBC',
    'version' => trim((string) file_get_contents(dirname(__DIR__) . '/VERSION')),
    'kode_desa' => env('KODE_DESA', '004'),
    'jwt_secret' => env('JWT_SECRET', ''),
    'jwt_minutes' => (int) env('JWT_TTL', 10080),
    'ftp' => [
        'host' => env('FTP_HOST', '127.0.0.1'),
        'port' => (int) env('FTP_PORT', 21),
        'username' => env('FTP_USERNAME'),
        'password' => env('FTP_PASSWORD'),
        'root' => env('FTP_ROOT', '/'),
        'timeout' => (int) env('FTP_TIMEOUT', 10),
    ],
    'gangguan' => env('GANGGUAN', 'tidak-ada'),
    'maintenance' => ['driver' => 'file'],
    'providers' => [...Illuminate\Support\ServiceProvider::defaultProviders()->toArray(), App\Providers::class],
    'aliases' => Illuminate\Support\Facades\Facade::defaultAliases()->toArray(),
];
