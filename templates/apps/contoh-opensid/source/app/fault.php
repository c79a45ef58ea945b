<?php

declare(strict_types=1);

/** Faults on purpose, switched by the setting `gangguan`, so that what Pendopo does about them can be seen. */

const SLOW_SECONDS = 8;
const SLOW_UNTIL_SECONDS = 15;

function disturb_page(string $fault): void
{
    if ($fault === 'lambat' && seconds_since_start() < SLOW_UNTIL_SECONDS) {
        sleep(SLOW_SECONDS);
    }
    if ($fault === 'tak-sehat') {
        throw new DesaError('Gangguan buatan: situs ini sengaja tidak sehat.');
    }
    if ($fault === 'halaman-galat') {
        throw new DesaError('Gangguan buatan: galat yang mengaku berhasil.', 200);
    }
}

/** /tmp is as young as the container; its first page leaves the mark. */
function seconds_since_start(): int
{
    $mark = sys_get_temp_dir() . '/halaman-pertama';
    if (!is_file($mark)) {
        touch($mark);
    }
    return time() - (int) filemtime($mark);
}
