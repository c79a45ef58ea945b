<?php

declare(strict_types=1);

namespace App;

use Illuminate\Support\Facades\DB;
use RuntimeException;
use stdClass;

/** Which desa this is: the row of `config` whose app_key equals the one in the desa's folder. KODE_DESA plays no part. */
final class Desa
{
    private ?stdClass $row = null;

    public function __construct(private readonly DesaFiles $files) {}

    public function row(): stdClass
    {
        return $this->row ??= DB::table('config')->where('app_key', trim($this->files->read('desa/app_key')))->first()
            ?? throw new RuntimeException('app_key desa tidak dikenal basis data.');
    }

    /** With dots: 52.01.14.2001. */
    public function kode(): string
    {
        return preg_replace('/^(\d{2})(\d{2})(\d{2})(\d{4})$/', '$1.$2.$3.$4', $this->row()->kode_desa);
    }
}
