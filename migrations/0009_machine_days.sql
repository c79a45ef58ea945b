CREATE TABLE `machine_days` (
	`day` varchar(10) NOT NULL,
	`disk_total` bigint NOT NULL,
	`disk_free` bigint NOT NULL,
	`memory_total` bigint NOT NULL,
	`memory_free` bigint NOT NULL,
	CONSTRAINT `machine_days_day` PRIMARY KEY(`day`)
);
