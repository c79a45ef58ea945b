ALTER TABLE `jobs` ADD `outside` varchar(500);--> statement-breakpoint
ALTER TABLE `jobs` ADD `outside_since` datetime(3);