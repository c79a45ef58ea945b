<?php

declare(strict_types=1);

namespace Database\Seeders;

use Illuminate\Database\Seeder;
use Illuminate\Support\Facades\{DB, Hash};
use RuntimeException;

/** As PBB's: a second run fails on the administrator, and one that breaks off leaves him behind. */
final class DatabaseSeeder extends Seeder
{
    public function run(): void
    {
        DB::table('users')->insert(['username' => 'admin', 'password' => Hash::make('admin')]);
        if (config('app.gangguan') === 'benih-gagal') {
            throw new RuntimeException('Gangguan buatan: penanaman berhenti sesudah akun administrator.');
        }
        DB::table('pengaturan_aplikasi')->insert([
            ['key' => 'opensid_url', 'value' => null, 'keterangan' => 'Alamat OpenSID'],
            ['key' => 'tahun_pajak', 'value' => '2026', 'keterangan' => 'Tahun pajak berjalan'],
        ]);
        $tenant = DB::table('tenants')->value('id');
        foreach (['Tanah sawah', 'Pekarangan', 'Kebun'] as $number => $name) {
            $nop = str_pad(str_replace('.', '', (string) config('app.kode_desa')), 14, '0') . str_pad((string) ($number + 1), 4, '0', STR_PAD_LEFT);
            DB::table('objek_pajak')->insert(['tenant_id' => $tenant, 'nop' => $nop, 'nama' => $name, 'pajak' => 25_000 * ($number + 1)]);
        }
    }
}
