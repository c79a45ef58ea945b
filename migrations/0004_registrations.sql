CREATE TABLE `desa_numbers` (
	`config_id` int NOT NULL,
	`kode` varchar(13) NOT NULL,
	CONSTRAINT `desa_numbers_config_id` PRIMARY KEY(`config_id`),
	CONSTRAINT `desa_numbers_kode` UNIQUE(`kode`)
);
--> statement-breakpoint
CREATE TABLE `registrations` (
	`installation_id` varchar(26) NOT NULL,
	`kode` varchar(13) NOT NULL,
	`app` varchar(40) NOT NULL,
	`schema_name` varchar(64) NOT NULL,
	`config_id` int NOT NULL,
	`state` varchar(12) NOT NULL,
	`proven_at` datetime(3),
	`finding` text,
	CONSTRAINT `registrations_installation_id` PRIMARY KEY(`installation_id`)
);
--> statement-breakpoint
CREATE TABLE `stale_slices` (
	`installation_id` varchar(26) NOT NULL,
	`table_name` varchar(64) NOT NULL,
	`since` datetime(3) NOT NULL,
	CONSTRAINT `stale_slices_installation_id_table_name_pk` PRIMARY KEY(`installation_id`,`table_name`)
);
