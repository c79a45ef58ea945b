<?php
$config['gangguan'] = '{{setting.gangguan|php}}';
$config['web_theme'] = '{{setting.tema|php}}';
$config['langganan'] = '{{setting.langganan|php}}';
$config['token_layanan'] = '{{setting.token-premium|php}}';
$config['smtp_host'] = '{{setting.surel-server|php}}';
$config['smtp_port'] = (int) '{{setting.surel-port|php}}';
$config['smtp_user'] = '{{setting.surel-pengguna|php}}';
$config['smtp_pass'] = '{{setting.surel-sandi|php}}';
$config['smtp_from'] = '{{setting.surel-pengirim|php}}';
