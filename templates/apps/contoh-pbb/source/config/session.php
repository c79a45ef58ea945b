<?php

declare(strict_types=1);

return ['driver' => 'file', 'lifetime' => 120, 'expire_on_close' => false, 'encrypt' => false, 'files' => storage_path('framework/sessions'), 'lottery' => [2, 100], 'cookie' => env('SESSION_COOKIE', 'contoh_sesi'), 'path' => env('SESSION_PATH', '/'), 'domain' => null, 'secure' => env('SESSION_SECURE_COOKIE'), 'http_only' => true, 'same_site' => 'lax'];
