<?php

$config['user_admin']    = 0;
$config['trusted_hosts'] = []; // the front proxy lets only the desa's own address through
$config['index_page']    = ''; // addresses without index.php
$config['cookie_secure'] = ($_SERVER['HTTPS'] ?? '') === 'on';

$config['token_layanan'] = '{{setting.token-premium|php}}';

if ('{{setting.jaringan|php}}' !== 'internet') {
    // Nobody listens on port 9, so a call to the outside fails at once. Where packets get lost instead,
    // OpenSID waits for minutes, on every page of the administrator.
    $nowhere = 'http://127.0.0.1:9';

    $config['server_pantau']  = $nowhere;
    $config['server_layanan'] = $nowhere;
    $config['rilis_umum']     = $nowhere;
    $config['rilis_premium']  = $nowhere;
    $config['api_idm']        = $nowhere;
    $config['api_sdgs']       = $nowhere . '/?';
    $config['api_hari_libur'] = $nowhere;
}
