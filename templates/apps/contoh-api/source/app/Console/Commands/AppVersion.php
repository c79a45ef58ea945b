<?php

declare(strict_types=1);

namespace App\Console\Commands;

use Illuminate\Console\Command;

final class AppVersion extends Command
{
    protected $signature = 'app:version';
    protected $description = 'Menyebut versi aplikasi';

    public function handle(): int
    {
        $this->line('v' . config('app.version'));
        return self::SUCCESS;
    }
}
