<?php

$db['default']['hostname'] = '{{database.host|php}}';
$db['default']['port']     = {{database.port}};
$db['default']['username'] = '{{database.user|php}}';
$db['default']['password'] = '{{secret.db-password|php}}';
$db['default']['database'] = '{{database.name|php}}';
$db['default']['dbcollat'] = 'utf8_general_ci';
$db['default']['stricton'] = true;
