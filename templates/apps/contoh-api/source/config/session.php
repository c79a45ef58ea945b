<?php

declare(strict_types=1);

// Tokens only. Laravel's response() asks for a session store all the same.
return ['driver' => 'array', 'lifetime' => 1, 'lottery' => [0, 100]];
