<?php

declare(strict_types=1);

namespace App\Models;

use Illuminate\Foundation\Auth\User as Account;

final class User extends Account
{
    public $timestamps = false;
    protected $hidden = ['password'];
}
