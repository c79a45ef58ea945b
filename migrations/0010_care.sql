CREATE TABLE `backup_links` (
	`id` varchar(26) NOT NULL,
	`backup_id` varchar(26) NOT NULL,
	`username` varchar(60) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `backup_links_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `offsite` (
	`one` tinyint NOT NULL,
	`place` longtext NOT NULL,
	`password_ref` varchar(191) NOT NULL,
	`secret_key_ref` varchar(191),
	`copied_at` datetime(3),
	`checked_at` datetime(3),
	`failure` text,
	CONSTRAINT `offsite_one` PRIMARY KEY(`one`)
);
--> statement-breakpoint
CREATE INDEX `backup_links_backup` ON `backup_links` (`backup_id`);