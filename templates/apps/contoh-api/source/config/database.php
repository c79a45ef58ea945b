<?php

declare(strict_types=1);

$host = env('DB_HOST', 'localhost');

return [
    'default' => 'mysql',
    'connections' => [
        'mysql' => [
            'driver' => 'mysql',
            'host' => $host,
            'unix_socket' => $host === 'localhost' ? '/run/mysqld/mysqld.sock' : '',
            'port' => env('DB_PORT', '3306'),
            'database' => env('DB_DATABASE'),
            'username' => env('DB_USERNAME'),
            'password' => env('DB_PASSWORD'),
            'charset' => 'utf8mb4',
            'collation' => 'utf8mb4_unicode_ci',
            'strict' => true,
        ],
    ],
    'migrations' => 'migrations',
];
