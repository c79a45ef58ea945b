CREATE TABLE `authority` (
	`one` tinyint NOT NULL,
	`directory` varchar(300) NOT NULL,
	`email` varchar(200) NOT NULL,
	`roots` text,
	`account_key_ref` varchar(191) NOT NULL,
	`account_url` varchar(500) NOT NULL,
	`terms` varchar(500),
	`agreed_by` varchar(60) NOT NULL,
	`paused_until` datetime(3),
	CONSTRAINT `authority_one` PRIMARY KEY(`one`)
);
--> statement-breakpoint
CREATE TABLE `certificate_choices` (
	`kode` varchar(13) NOT NULL,
	`choice` varchar(8) NOT NULL,
	CONSTRAINT `certificate_choices_kode` PRIMARY KEY(`kode`)
);
--> statement-breakpoint
CREATE TABLE `certificate_orders` (
	`host` varchar(190) NOT NULL,
	`certificate_id` varchar(26),
	`order_url` varchar(500),
	`refused` longtext NOT NULL,
	`failure` longtext,
	`next_at` datetime(3) NOT NULL,
	`asked_by` varchar(60),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `certificate_orders_host` PRIMARY KEY(`host`)
);
--> statement-breakpoint
ALTER TABLE `certificate_choices` ADD CONSTRAINT `certificate_choices_kode_tenants_kode_fk` FOREIGN KEY (`kode`) REFERENCES `tenants`(`kode`) ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `certificate_orders_next` ON `certificate_orders` (`next_at`);