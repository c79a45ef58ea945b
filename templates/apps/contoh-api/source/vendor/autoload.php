<?php

declare(strict_types=1);

// Laravel itself comes from Debian; only the app's own classes are looked for here.
require_once '/usr/share/php/Illuminate/autoload.php';
require_once '/usr/share/php/Lcobucci/JWT/autoload.php';

spl_autoload_register(static function (string $class): void {
    foreach (['App\\' => 'app', 'Database\\Seeders\\' => 'database/seeders'] as $prefix => $folder) {
        $file = dirname(__DIR__) . "/$folder/" . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;
        }
    }
});
