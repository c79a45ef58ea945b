CREATE TABLE `shared_sources` (
	`name` varchar(30) NOT NULL,
	`id` varchar(26) NOT NULL,
	`app` varchar(40) NOT NULL,
	`schema_name` varchar(64) NOT NULL,
	`kind` varchar(10) NOT NULL,
	`place` varchar(255) NOT NULL,
	`url_ref` varchar(120),
	`state` varchar(10) NOT NULL,
	`finding` text,
	`copied_at` datetime(3),
	`created_by` varchar(60) NOT NULL,
	CONSTRAINT `shared_sources_name` PRIMARY KEY(`name`),
	CONSTRAINT `shared_sources_schema` UNIQUE(`schema_name`)
);
--> statement-breakpoint
ALTER TABLE `readers` ADD `grant_name` varchar(20) DEFAULT 'penuh' NOT NULL;