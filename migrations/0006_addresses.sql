CREATE TABLE `addresses` (
	`kode` varchar(13) NOT NULL,
	`port` int,
	`www` boolean NOT NULL,
	`own` longtext NOT NULL,
	`old` longtext NOT NULL,
	`security` varchar(6) NOT NULL,
	CONSTRAINT `addresses_kode` PRIMARY KEY(`kode`),
	CONSTRAINT `addresses_port` UNIQUE(`port`)
);
--> statement-breakpoint
ALTER TABLE `routes` ADD `kind` varchar(8) DEFAULT 'site' NOT NULL;--> statement-breakpoint
ALTER TABLE `routes` ADD `target` varchar(255);--> statement-breakpoint
ALTER TABLE `routes` ADD `security` varchar(6) DEFAULT 'any' NOT NULL;--> statement-breakpoint
ALTER TABLE `routes` ADD `upload_mb` int DEFAULT 64 NOT NULL;--> statement-breakpoint
ALTER TABLE `routes` ADD `answer_seconds` int DEFAULT 300 NOT NULL;--> statement-breakpoint
ALTER TABLE `addresses` ADD CONSTRAINT `addresses_kode_tenants_kode_fk` FOREIGN KEY (`kode`) REFERENCES `tenants`(`kode`) ON DELETE cascade ON UPDATE no action;