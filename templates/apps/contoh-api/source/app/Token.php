<?php

declare(strict_types=1);

namespace App;

use DateTimeImmutable;
use Lcobucci\JWT\Configuration;
use Lcobucci\JWT\Exception as TokenFault;
use Lcobucci\JWT\Signer\Hmac\Sha256;
use Lcobucci\JWT\Signer\Key\InMemory;
use Lcobucci\JWT\UnencryptedToken;
use Lcobucci\JWT\Validation\Constraint\SignedWith;

/** Tokens of this desa's API, signed with its own JWT_SECRET. */
final class Token
{
    public static function issue(string $user): string
    {
        $now = new DateTimeImmutable();
        $config = self::config();
        return $config->builder()->relatedTo($user)->issuedAt($now)
            ->expiresAt($now->modify('+' . config('app.jwt_minutes') . ' minutes'))
            ->getToken($config->signer(), $config->signingKey())->toString();
    }

    /** The user a token was issued to; null when it is not one of ours, or is over. */
    public static function user(?string $text): ?string
    {
        if ($text === null || $text === '') {
            return null;
        }
        $config = self::config();
        try {
            $token = $config->parser()->parse($text);
        } catch (TokenFault) {
            return null;
        }
        $valid = $token instanceof UnencryptedToken
            && $config->validator()->validate($token, new SignedWith($config->signer(), $config->signingKey()))
            && !$token->isExpired(new DateTimeImmutable());
        return $valid ? (string) $token->claims()->get('sub') : null;
    }

    private static function config(): Configuration
    {
        return Configuration::forSymmetricSigner(new Sha256(), InMemory::plainText(config('app.jwt_secret')));
    }
}
