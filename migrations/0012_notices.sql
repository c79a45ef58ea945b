CREATE TABLE `notice_channels` (
	`channel` varchar(10) NOT NULL,
	`settings` longtext NOT NULL,
	`since` datetime(3) NOT NULL,
	CONSTRAINT `notice_channels_channel` PRIMARY KEY(`channel`)
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` varchar(26) NOT NULL,
	`channel` varchar(10) NOT NULL,
	`key_text` varchar(120) NOT NULL,
	`title` varchar(200) NOT NULL,
	`text` text NOT NULL,
	`state` varchar(10) NOT NULL,
	`attempts` int NOT NULL,
	`next_at` datetime(3) NOT NULL,
	`failure` text,
	`created_at` datetime(3) NOT NULL,
	`sent_at` datetime(3),
	CONSTRAINT `notices_id` PRIMARY KEY(`id`),
	CONSTRAINT `notices_key` UNIQUE(`key_text`,`channel`)
);
--> statement-breakpoint
CREATE INDEX `notices_due` ON `notices` (`state`,`next_at`);