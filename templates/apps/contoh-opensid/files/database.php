<?php
$db['default']['hostname'] = '{{database.host|php}}';
$db['default']['port']     = (int) '{{database.port|php}}';
$db['default']['username'] = '{{database.user|php}}';
$db['default']['password'] = '{{secret.db-password|php}}';
$db['default']['database'] = '{{database.name|php}}';
