DELETE FROM `sessions`;--> statement-breakpoint
CREATE TABLE `policies` (
	`name` varchar(40) NOT NULL,
	`value` varchar(1000) NOT NULL,
	CONSTRAINT `policies_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`user_id` varchar(26) NOT NULL,
	`code_hash` varchar(64) NOT NULL,
	`used_at` datetime(3),
	CONSTRAINT `recovery_codes_user_id_code_hash_pk` PRIMARY KEY(`user_id`,`code_hash`)
);
--> statement-breakpoint
CREATE TABLE `second_factors` (
	`user_id` varchar(26) NOT NULL,
	`key_ref` varchar(191) NOT NULL,
	`last_step` bigint NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`confirmed_at` datetime(3),
	CONSTRAINT `second_factors_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
ALTER TABLE `audit` ADD `kode` varchar(13);--> statement-breakpoint
ALTER TABLE `sessions` ADD `started_at` datetime(3) NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `seen_at` datetime(3) NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `address` varchar(45) NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `device` varchar(255) NOT NULL;--> statement-breakpoint
ALTER TABLE `recovery_codes` ADD CONSTRAINT `recovery_codes_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `second_factors` ADD CONSTRAINT `second_factors_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `audit_kode` ON `audit` (`kode`,`id`);--> statement-breakpoint
CREATE INDEX `audit_at` ON `audit` (`at`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`,`expires_at`);--> statement-breakpoint
UPDATE `audit` SET `kode` = `target` WHERE `target` REGEXP '^[0-9]{2}[.][0-9]{2}([.][0-9]{2}([.][0-9]{4})?)?$';