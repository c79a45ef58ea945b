<?php

declare(strict_types=1);

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\{DB, Schema};

return new class extends Migration {
    public function up(): void
    {
        Schema::create('users', function (Blueprint $table) {
            $table->id();
            $table->string('username')->unique();
            $table->string('password');
        });
        Schema::create('pengaturan_aplikasi', function (Blueprint $table) {
            $table->id();
            $table->string('key')->unique();
            $table->string('value')->nullable();
            $table->string('keterangan');
        });
        // As in PBB: the desa's code is taken from the environment here, once.
        Schema::create('tenants', function (Blueprint $table) {
            $table->id();
            $table->string('code')->unique();
        });
        DB::table('tenants')->insert(['code' => config('app.kode_desa')]);
    }

    public function down(): void
    {
        foreach (['tenants', 'pengaturan_aplikasi', 'users'] as $table) {
            Schema::dropIfExists($table);
        }
    }
};
