CREATE TABLE `drills` (
	`installation_id` varchar(26) NOT NULL,
	`turn_at` datetime(3) NOT NULL,
	`proven_at` datetime(3),
	CONSTRAINT `drills_installation_id` PRIMARY KEY(`installation_id`)
);
--> statement-breakpoint
INSERT INTO `drills` (`installation_id`, `turn_at`, `proven_at`)
	SELECT `installation_id`, MAX(`proven_at`), MAX(`proven_at`) FROM `backups` WHERE `proven_at` IS NOT NULL GROUP BY `installation_id`;
