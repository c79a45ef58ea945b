CREATE TABLE `bars` (
	`app` varchar(40) NOT NULL,
	`tag` varchar(60) NOT NULL,
	`reason` text NOT NULL,
	`by_user` varchar(60) NOT NULL,
	`at` datetime(3) NOT NULL,
	CONSTRAINT `bars_app_tag_pk` PRIMARY KEY(`app`,`tag`)
);
--> statement-breakpoint
CREATE TABLE `pins` (
	`installation_id` varchar(26) NOT NULL,
	`by_user` varchar(60) NOT NULL,
	`since` datetime(3) NOT NULL,
	CONSTRAINT `pins_installation_id` PRIMARY KEY(`installation_id`)
);
--> statement-breakpoint
CREATE TABLE `rollout_members` (
	`rollout_id` varchar(26) NOT NULL,
	`position` int NOT NULL,
	`wave` int NOT NULL,
	`kode` varchar(13) NOT NULL,
	`installation_id` varchar(26) NOT NULL,
	`job_id` varchar(26) NOT NULL,
	`from_tag` varchar(60) NOT NULL,
	`backup_id` varchar(26),
	`state` varchar(12) NOT NULL,
	`fingerprint` varchar(121),
	`forgiven` boolean NOT NULL DEFAULT false,
	`locked_ms` int,
	`started_at` datetime(3),
	`ended_at` datetime(3),
	CONSTRAINT `rollout_members_rollout_id_position_pk` PRIMARY KEY(`rollout_id`,`position`)
);
--> statement-breakpoint
CREATE TABLE `rollouts` (
	`id` varchar(26) NOT NULL,
	`work` varchar(12) NOT NULL,
	`app` varchar(40) NOT NULL,
	`tag` varchar(60),
	`state` varchar(12) NOT NULL,
	`concurrency` int NOT NULL,
	`halt_percent` int,
	`reason` text,
	`created_by` varchar(60) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`ended_at` datetime(3),
	CONSTRAINT `rollouts_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `schedule_runs` (
	`task` varchar(40) NOT NULL,
	`due` datetime(3) NOT NULL,
	`state` varchar(12) NOT NULL,
	`note` text,
	`ended_at` datetime(3),
	CONSTRAINT `schedule_runs_task_due_pk` PRIMARY KEY(`task`,`due`)
);
--> statement-breakpoint
CREATE TABLE `schedules` (
	`task` varchar(40) NOT NULL,
	`pattern` varchar(60) NOT NULL,
	`enabled` boolean NOT NULL,
	`since` datetime(3) NOT NULL,
	CONSTRAINT `schedules_task` PRIMARY KEY(`task`)
);
--> statement-breakpoint
CREATE INDEX `rollouts_state` ON `rollouts` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `schedule_runs_state` ON `schedule_runs` (`state`,`due`);