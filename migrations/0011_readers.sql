CREATE TABLE `readers` (
	`name` varchar(30) NOT NULL,
	`purpose` varchar(200) NOT NULL,
	`app` varchar(40) NOT NULL,
	`account` varchar(80) NOT NULL,
	`password_ref` varchar(120) NOT NULL,
	`created_by` varchar(60) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`rotated_at` datetime(3),
	CONSTRAINT `readers_name` PRIMARY KEY(`name`),
	CONSTRAINT `readers_account` UNIQUE(`account`)
);
