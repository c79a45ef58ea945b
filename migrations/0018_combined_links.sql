CREATE TABLE `combined_links` (
	`id` varchar(26) NOT NULL,
	`username` varchar(60) NOT NULL,
	`app` varchar(40) NOT NULL,
	`format` varchar(3) NOT NULL,
	`table_name` varchar(64),
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `combined_links_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `combined_links_expires` ON `combined_links` (`expires_at`);