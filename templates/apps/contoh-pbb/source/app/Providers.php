<?php

declare(strict_types=1);

namespace App;

use Illuminate\Support\Facades\Route;
use Illuminate\Support\ServiceProvider;

final class Providers extends ServiceProvider
{
    public function boot(): void
    {
        Route::middleware('web')->group(base_path('routes/web.php'));
        // A route is listed before it gets its name.
        Route::getRoutes()->refreshNameLookups();
    }
}
