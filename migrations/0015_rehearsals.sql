ALTER TABLE `rollouts` ADD `hours` varchar(11);--> statement-breakpoint
ALTER TABLE `schedules` ADD `hours` varchar(11);