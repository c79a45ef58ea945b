CREATE TABLE `pool_schemas` (
	`name` varchar(64) NOT NULL,
	`template` varchar(191) NOT NULL,
	`state` varchar(10) NOT NULL,
	`installation_id` varchar(26),
	`changed_at` datetime(3) NOT NULL,
	CONSTRAINT `pool_schemas_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `pool_templates` (
	`template` varchar(191) NOT NULL,
	`app` varchar(40) NOT NULL,
	`asked_at` datetime(3) NOT NULL,
	CONSTRAINT `pool_templates_template` PRIMARY KEY(`template`)
);
--> statement-breakpoint
CREATE INDEX `pool_schemas_template` ON `pool_schemas` (`template`,`state`);