CREATE TABLE `contacts` (
	`kode` varchar(13) NOT NULL,
	`email` varchar(260) NOT NULL,
	CONSTRAINT `contacts_kode` PRIMARY KEY(`kode`)
);
--> statement-breakpoint
ALTER TABLE `notices` ADD `recipient` varchar(260);