<?php

declare(strict_types=1);

namespace App;

use FTP\Connection;
use RuntimeException;

/** The desa's own folder, by FTP, as the real API reads it. */
final class DesaFiles
{
    private ?Connection $connection = null;

    /** @param array{host: string, port: int, username: string, password: string, root: string, timeout: int} $account */
    public function __construct(private readonly array $account) {}

    public function read(string $path): string
    {
        if (preg_match('~(^|/)\.\.?(/|$)|\\\\|\n|\r~', $path) === 1) {
            throw new RuntimeException('Alamat berkas tidak sah.');
        }
        $stream = fopen('php://temp', 'w+b');
        if (!@ftp_fget($this->connect(), $stream, rtrim($this->account['root'], '/') . '/' . $path, FTP_BINARY)) {
            throw new RuntimeException("Berkas $path tidak ada.");
        }
        rewind($stream);
        return (string) stream_get_contents($stream);
    }

    private function connect(): Connection
    {
        if ($this->connection !== null) {
            return $this->connection;
        }
        ['host' => $host, 'port' => $port, 'username' => $username, 'password' => $password, 'timeout' => $timeout] = $this->account;
        $connection = @ftp_connect($host, $port, $timeout) ?: throw new RuntimeException('Server berkas desa tidak menjawab.');
        if (!@ftp_login($connection, $username, $password)) {
            throw new RuntimeException('Server berkas desa menolak kata sandi.');
        }
        ftp_pasv($connection, true);
        return $this->connection = $connection;
    }
}
