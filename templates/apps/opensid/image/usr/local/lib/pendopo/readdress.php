<?php

declare(strict_types=1);

/**
 * The desa has moved to another address: `config.website` follows where it named the old one, in the form in which it was
 * written (with or without scheme and slash). What the desa has typed of its own stays. Repeatable.
 */
return static function (array $input): array {
    $db      = connect();
    refuse_empty_schema($db);
    $desa    = only_desa($db);
    $website = (string) ($desa['website'] ?? '');

    if ($website === '' || bare_address($website) !== bare_address(required($input, 'from'))) {
        return ['diubah' => false];
    }
    $to  = rtrim(required($input, 'to'), '/');
    $new = preg_match('~^https?://~i', $website) === 1 ? $to : bare_address($to);
    $db->prepare('UPDATE config SET website = ? WHERE id = ?')->execute([$new . (str_ends_with($website, '/') ? '/' : ''), $desa['id']]);

    return ['diubah' => true];
};

function bare_address(string $text): string
{
    return strtolower((string) preg_replace('~^https?://(www\.)?|/+$~i', '', trim($text)));
}
