CREATE TABLE `silences` (
	`installation_id` varchar(26) NOT NULL,
	`kode` varchar(13) NOT NULL,
	`since` datetime(3) NOT NULL,
	CONSTRAINT `silences_installation_id` PRIMARY KEY(`installation_id`)
);
--> statement-breakpoint
CREATE INDEX `silences_kode` ON `silences` (`kode`);