<?php

declare(strict_types=1);

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration {
    public function up(): void
    {
        if (config('app.gangguan') === 'migrasi-gagal') {
            throw new RuntimeException('Gangguan buatan: migrasi sengaja gagal.');
        }
        Schema::create('objek_pajak', function (Blueprint $table) {
            $table->id();
            $table->foreignId('tenant_id')->constrained('tenants');
            $table->string('nop', 18)->unique();
            $table->string('nama');
            $table->unsignedBigInteger('pajak');
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('objek_pajak');
    }
};
