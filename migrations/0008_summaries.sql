CREATE TABLE `summaries` (
	`installation_id` varchar(26) NOT NULL,
	`figures` longtext NOT NULL,
	CONSTRAINT `summaries_installation_id` PRIMARY KEY(`installation_id`)
);
