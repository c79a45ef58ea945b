<?php
$config['gangguan'] = '{{setting.gangguan|php}}';
