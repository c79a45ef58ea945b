CREATE TABLE `certificates` (
	`id` varchar(26) NOT NULL,
	`hosts` longtext NOT NULL,
	`chain` longtext NOT NULL,
	`fingerprint` varchar(64) NOT NULL,
	`issuer` varchar(120) NOT NULL,
	`source` varchar(8) NOT NULL,
	`not_before` datetime(3) NOT NULL,
	`not_after` datetime(3) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`created_by` varchar(60) NOT NULL,
	CONSTRAINT `certificates_id` PRIMARY KEY(`id`),
	CONSTRAINT `certificates_fingerprint` UNIQUE(`fingerprint`)
);
