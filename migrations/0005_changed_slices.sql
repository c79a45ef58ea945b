ALTER TABLE `registrations` ADD `changed_at` datetime(3);--> statement-breakpoint
ALTER TABLE `registrations` ADD `summarised_at` datetime(3);