<?php

declare(strict_types=1);

/** What the code in this image says about itself. Read, not run: the answer must not need a working database. */
final class Release
{
    private function __construct(
        /** 2410.0.0 */
        public readonly string $version,
        /** 2024100101: the row in table `migrasi` that proves a complete migration. */
        public readonly string $schema,
        /** 2312: the oldest version this code can bring up to date. */
        public readonly string $oldest,
    ) {
    }

    public static function ofThisImage(): self
    {
        $source = (string) @file_get_contents(APP . '/donjo-app/helpers/opensid_helper.php');
        $read   = static fn (string $name): string => preg_match("/define\\('{$name}', '([\\d.]+)'\\)/", $source, $found)
            ? $found[1]
            : throw new Failure("Kode OpenSID di image ini tidak menyebutkan {$name}.");

        return new self($read('VERSION'), $read('VERSI_DATABASE'), $read('MINIMUM_VERSI'));
    }
}
