CREATE TABLE `backups` (
	`id` varchar(26) NOT NULL,
	`installation_id` varchar(26) NOT NULL,
	`kode` varchar(13) NOT NULL,
	`app` varchar(40) NOT NULL,
	`tag` varchar(60) NOT NULL,
	`version` varchar(60) NOT NULL,
	`reason` varchar(20) NOT NULL,
	`next_tag` varchar(60),
	`bytes` bigint NOT NULL,
	`rows_total` bigint NOT NULL,
	`verified_at` datetime(3) NOT NULL,
	`proven_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `backups_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `backups_installation` ON `backups` (`installation_id`,`id`);--> statement-breakpoint
CREATE INDEX `backups_kode` ON `backups` (`kode`,`id`);