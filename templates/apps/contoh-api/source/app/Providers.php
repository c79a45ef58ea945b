<?php

declare(strict_types=1);

namespace App;

use Illuminate\Support\Facades\Route;
use Illuminate\Support\ServiceProvider;

final class Providers extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(DesaFiles::class, fn () => new DesaFiles(config('app.ftp')));
        $this->app->singleton(Desa::class);
    }

    public function boot(): void
    {
        Route::group([], base_path('routes/api.php'));
    }
}
