CREATE TABLE `preferences` (
	`user_id` varchar(26) NOT NULL,
	`name` varchar(40) NOT NULL,
	`value` varchar(1000) NOT NULL,
	CONSTRAINT `preferences_user_id_name_pk` PRIMARY KEY(`user_id`,`name`)
);
--> statement-breakpoint
ALTER TABLE `preferences` ADD CONSTRAINT `preferences_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;