ALTER TABLE `routes` ADD `guard` longtext;--> statement-breakpoint
ALTER TABLE `readers` ADD `installation_id` varchar(26);