CREATE TABLE `archives` (
	`id` varchar(26) NOT NULL,
	`installation_id` varchar(26) NOT NULL,
	`kode` varchar(13) NOT NULL,
	`app` varchar(40) NOT NULL,
	`tag` varchar(60) NOT NULL,
	`bytes` bigint NOT NULL,
	`verified_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `archives_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `audit` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`at` datetime(3) NOT NULL,
	`actor` varchar(60) NOT NULL,
	`action` varchar(60) NOT NULL,
	`target` varchar(191) NOT NULL,
	`detail` longtext NOT NULL,
	CONSTRAINT `audit_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `claims` (
	`kind` varchar(20) NOT NULL,
	`name` varchar(191) NOT NULL,
	`installation_id` varchar(26) NOT NULL,
	`claimed_at` datetime(3) NOT NULL,
	CONSTRAINT `claims_kind_name_pk` PRIMARY KEY(`kind`,`name`)
);
--> statement-breakpoint
CREATE TABLE `facts` (
	`name` varchar(60) NOT NULL,
	`value` text NOT NULL,
	CONSTRAINT `facts_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`actor` varchar(60) NOT NULL,
	`key_text` varchar(100) NOT NULL,
	`request_hash` varchar(64) NOT NULL,
	`status` int,
	`body` longtext,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `idempotency_actor_key_text_pk` PRIMARY KEY(`actor`,`key_text`)
);
--> statement-breakpoint
CREATE TABLE `installations` (
	`id` varchar(26) NOT NULL,
	`kode` varchar(13) NOT NULL,
	`app` varchar(40) NOT NULL,
	`state` varchar(12) NOT NULL,
	`tag` varchar(60),
	`version` varchar(60),
	`settings` longtext NOT NULL,
	`url` varchar(255),
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `installations_id` PRIMARY KEY(`id`),
	CONSTRAINT `installations_desa_app` UNIQUE(`kode`,`app`)
);
--> statement-breakpoint
CREATE TABLE `job_events` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`job_id` varchar(26) NOT NULL,
	`position` int,
	`at` datetime(3) NOT NULL,
	`kind` varchar(6) NOT NULL,
	`text` text NOT NULL,
	CONSTRAINT `job_events_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `job_plans` (
	`job_id` varchar(26) NOT NULL,
	`plan` longtext NOT NULL,
	CONSTRAINT `job_plans_job_id` PRIMARY KEY(`job_id`)
);
--> statement-breakpoint
CREATE TABLE `job_steps` (
	`job_id` varchar(26) NOT NULL,
	`position` int NOT NULL,
	`name` varchar(60) NOT NULL,
	`label` varchar(150) NOT NULL,
	`state` varchar(12) NOT NULL,
	`attempts` int NOT NULL DEFAULT 0,
	`started_at` datetime(3),
	`ended_at` datetime(3),
	CONSTRAINT `job_steps_job_id_position_pk` PRIMARY KEY(`job_id`,`position`)
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` varchar(26) NOT NULL,
	`workflow` varchar(20) NOT NULL,
	`installation_id` varchar(26) NOT NULL,
	`kode` varchar(13) NOT NULL,
	`app` varchar(40) NOT NULL,
	`state` varchar(12) NOT NULL,
	`active_installation` varchar(26),
	`priority` tinyint NOT NULL,
	`input` longtext NOT NULL,
	`requested_by` varchar(60) NOT NULL,
	`attempt` int NOT NULL DEFAULT 1,
	`committed` boolean NOT NULL DEFAULT false,
	`lease_token` bigint NOT NULL DEFAULT 0,
	`cancel_requested` boolean NOT NULL DEFAULT false,
	`cause_code` varchar(60),
	`cause_step` varchar(60),
	`cause_message` text,
	`cause_advice` text,
	`fingerprint` varchar(121),
	`created_at` datetime(3) NOT NULL,
	`started_at` datetime(3),
	`ended_at` datetime(3),
	CONSTRAINT `jobs_id` PRIMARY KEY(`id`),
	CONSTRAINT `jobs_active_installation` UNIQUE(`active_installation`)
);
--> statement-breakpoint
CREATE TABLE `leases` (
	`resource` varchar(60) NOT NULL,
	`holder` varchar(60),
	`token` bigint NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `leases_resource` PRIMARY KEY(`resource`)
);
--> statement-breakpoint
CREATE TABLE `releases` (
	`app` varchar(40) NOT NULL,
	`tag` varchar(60) NOT NULL,
	`version` varchar(60) NOT NULL,
	`commit_id` varchar(40) NOT NULL,
	`discovered_at` datetime(3) NOT NULL,
	CONSTRAINT `releases_app_tag_pk` PRIMARY KEY(`app`,`tag`)
);
--> statement-breakpoint
CREATE TABLE `routes` (
	`host` varchar(190) NOT NULL,
	`path` varchar(40) NOT NULL,
	`installation_id` varchar(26) NOT NULL,
	`socket` varchar(107) NOT NULL,
	`state` varchar(12) NOT NULL,
	CONSTRAINT `routes_host_path_pk` PRIMARY KEY(`host`,`path`)
);
--> statement-breakpoint
CREATE TABLE `secrets` (
	`ref` varchar(191) NOT NULL,
	`key_id` varchar(32) NOT NULL,
	`wrapped_key` varbinary(255) NOT NULL,
	`nonce` varbinary(16) NOT NULL,
	`ciphertext` varbinary(4096) NOT NULL,
	`revealed_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `secrets_ref` PRIMARY KEY(`ref`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` varchar(26) NOT NULL,
	`family` varchar(26) NOT NULL,
	`user_id` varchar(26) NOT NULL,
	`token_hash` varchar(64) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`rotated_at` datetime(3),
	`revoked_at` datetime(3),
	CONSTRAINT `sessions_id` PRIMARY KEY(`id`),
	CONSTRAINT `sessions_token_hash` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `tenants` (
	`kode` varchar(13) NOT NULL,
	`nama` varchar(150) NOT NULL,
	`kode_kecamatan` varchar(13) NOT NULL,
	`nama_kecamatan` varchar(150) NOT NULL,
	`kode_kabupaten` varchar(13) NOT NULL,
	`nama_kabupaten` varchar(150) NOT NULL,
	`kode_provinsi` varchar(13) NOT NULL,
	`nama_provinsi` varchar(150) NOT NULL,
	`domain` varchar(190),
	`created_at` datetime(3) NOT NULL,
	`created_by` varchar(60) NOT NULL,
	CONSTRAINT `tenants_kode` PRIMARY KEY(`kode`),
	CONSTRAINT `tenants_domain` UNIQUE(`domain`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` varchar(26) NOT NULL,
	`username` varchar(60) NOT NULL,
	`name` varchar(120) NOT NULL,
	`role` varchar(20) NOT NULL,
	`wilayah` varchar(13),
	`password_hash` varchar(255) NOT NULL,
	`must_change_password` boolean NOT NULL,
	`failures` int NOT NULL DEFAULT 0,
	`locked_until` datetime(3),
	`disabled` boolean NOT NULL DEFAULT false,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_username` UNIQUE(`username`)
);
--> statement-breakpoint
CREATE TABLE `wilayah` (
	`kode` varchar(13) NOT NULL,
	`tingkat` varchar(10) NOT NULL,
	`induk` varchar(13),
	`nama` varchar(150) NOT NULL,
	CONSTRAINT `wilayah_kode` PRIMARY KEY(`kode`)
);
--> statement-breakpoint
ALTER TABLE `installations` ADD CONSTRAINT `installations_kode_tenants_kode_fk` FOREIGN KEY (`kode`) REFERENCES `tenants`(`kode`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `sessions` ADD CONSTRAINT `sessions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `archives_kode` ON `archives` (`kode`,`id`);--> statement-breakpoint
CREATE INDEX `audit_target` ON `audit` (`target`,`id`);--> statement-breakpoint
CREATE INDEX `claims_installation` ON `claims` (`installation_id`);--> statement-breakpoint
CREATE INDEX `idempotency_created_at` ON `idempotency` (`created_at`);--> statement-breakpoint
CREATE INDEX `installations_state` ON `installations` (`state`,`app`,`kode`);--> statement-breakpoint
CREATE INDEX `job_events_job` ON `job_events` (`job_id`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_state` ON `jobs` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`state`,`priority`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_kode` ON `jobs` (`kode`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_fingerprint` ON `jobs` (`state`,`fingerprint`,`id`);--> statement-breakpoint
CREATE INDEX `routes_installation` ON `routes` (`installation_id`);--> statement-breakpoint
CREATE INDEX `sessions_family` ON `sessions` (`family`);--> statement-breakpoint
CREATE INDEX `sessions_expires_at` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `tenants_nama` ON `tenants` (`nama`,`kode`);--> statement-breakpoint
CREATE INDEX `tenants_kecamatan` ON `tenants` (`kode_kecamatan`,`kode`);--> statement-breakpoint
CREATE INDEX `wilayah_induk` ON `wilayah` (`induk`,`nama`);--> statement-breakpoint
CREATE INDEX `wilayah_nama` ON `wilayah` (`tingkat`,`nama`);