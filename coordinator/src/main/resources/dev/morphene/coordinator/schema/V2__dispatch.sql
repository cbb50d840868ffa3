-- What placement, elastic nodes and learned memory need.

alter table job
  -- promised to it: the envelope of its recipe; null for kinds that need no GPU
  add column memory_bytes bigint,
  -- how many jobs may share a GPU with it, itself included; lowered by the out-of-memory ladder
  add column side_by_side integer not null default 3,
  -- by which envelopes are learned; null for kinds that need no GPU
  add column recipe text,
  -- steps down the out-of-memory ladder, oldest first: {"attempt", "at", "words"}
  add column adjustments jsonb not null default '[]',
  -- since when nothing but its turn keeps it from running
  add column ready_at timestamptz;

-- The guide's table: what a running cluster had promised before it learned anything.
update job set memory_bytes = 1073741824::bigint * case spec ->> 'config'
    when 'v2_small' then 8 when 'v3' then 32 when 'tiny' then 2 else 16 end,
  side_by_side = case spec ->> 'config' when 'v3' then 2 else 3 end
  where kind = 'train';
update job set ready_at = created_at where state in ('pending', 'queued', 'running', 'retrying');

create index job_queued on job (queue) where state = 'queued';
create index job_retrying on job (not_before) where state = 'retrying';

alter table attempt
  -- under which the worker had joined when it was granted
  add column session uuid,
  add column memory_bytes bigint,
  add column side_by_side integer not null default 3,
  add column gpu_model text,
  -- jobs on the GPU when it was granted, itself included
  add column together integer not null default 1,
  add column memory_last_bytes bigint;
create index attempt_running_by_worker on attempt (worker, gpu) where outcome is null;

alter table outbox
  add column queue text,
  add column batch_id uuid,
  -- the priority turned round, so that smaller goes first, as the batch and the age do
  add column urgency integer,
  -- not published before: a node had no place for it and others are to be asked first
  add column not_before timestamptz;
update outbox o set queue = j.queue, batch_id = j.batch_id, urgency = -j.priority
  from job j where j.job_id = o.job_id;
alter table outbox alter column queue set not null, alter column batch_id set not null,
  alter column urgency set not null;
create index outbox_by_turn on outbox (queue, urgency, batch_id, outbox_id);

alter table worker
  -- its newest life; others of the same name are told to go
  add column session uuid,
  add column joined_at timestamptz,
  -- durable intent: stands until the session has left
  add column drain_requested_at timestamptz,
  add column draining boolean not null default false,
  add column left_at timestamptz,
  -- how many more jobs of each queue it would take: [{"queue", "jobs"}]
  add column room jsonb not null default '[]';

-- GPUs that are kept for a waiting large job: nothing smaller is granted there.
create table gpu_reservation (
  worker text not null,
  gpu text not null,
  job_id bigint not null references job,
  memory_bytes bigint not null,
  side_by_side integer not null,
  since timestamptz not null default now(),
  primary key (worker, gpu)
);

-- The most an attempt held in each phase, out of its samples.
create table attempt_phase (
  job_id bigint not null,
  attempt integer not null,
  phase integer not null,
  peak_bytes bigint not null,
  primary key (job_id, attempt, phase)
);

-- Peaks of completed runs.
create table envelope_run (
  job_id bigint not null,
  attempt integer not null,
  phase integer not null,
  recipe text not null,
  gpu_model text not null,
  peak_bytes bigint not null,
  at timestamptz not null default now(),
  primary key (job_id, attempt, phase)
);
create index envelope_run_by_recipe on envelope_run (recipe, gpu_model, phase, at desc);

-- What a recipe needs at least since a job of it ran out of memory.
create table envelope_floor (
  recipe text not null,
  gpu_model text not null,
  floor_bytes bigint not null,
  at timestamptz not null default now(),
  primary key (recipe, gpu_model)
);
