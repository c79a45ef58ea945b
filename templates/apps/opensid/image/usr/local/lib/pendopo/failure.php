<?php

declare(strict_types=1);

/** Something a person has to know. The message is for them, in Indonesian. */
final class Failure extends RuntimeException
{
}

/** A value the command cannot do without. */
function required(array $input, string $name): string
{
    $value = trim((string) ($input[$name] ?? ''));

    return $value !== '' ? $value : throw new Failure("Masukan \"{$name}\" kosong.");
}
