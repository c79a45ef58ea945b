<?php

declare(strict_types=1);

/** Articles count their readers. */
return static function (PDO $db): void {
    $db->exec('ALTER TABLE artikel ADD COLUMN IF NOT EXISTS hit int NOT NULL DEFAULT 0');
};
