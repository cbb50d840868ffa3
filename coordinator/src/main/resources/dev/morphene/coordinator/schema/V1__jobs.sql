-- Times are Postgres' own: with any number of coordinators it is the one clock they share.

create table batch (
  batch_id uuid primary key,
  idempotency_key text not null unique,
  name text not null,
  created_at timestamptz not null default now()
);

create table job (
  job_id bigint generated always as identity primary key,
  batch_id uuid not null references batch,
  -- unique within the batch; follow-ups are named after the job they follow
  name text not null,
  kind text not null check (kind in ('preprocess', 'train', 'audit', 'export')),
  -- number in the catalogue
  instrument integer,
  priority integer not null,
  spec jsonb not null,
  queue text not null,
  state text not null check (
    state in ('pending', 'queued', 'running', 'retrying', 'completed', 'failed', 'cancelled')),
  -- the fencing token: the execution that is to run, runs or ran last; it only grows
  attempt integer not null default 1 check (attempt >= 1),
  retry_budget integer not null,
  -- failures that were paid for out of the budget since the operator last asked
  failures integer not null default 0,
  -- while retrying: pending again from this moment on
  not_before timestamptz,
  -- durable intent: stands until a node confirms or the attempt ends otherwise
  cancel_requested_at timestamptz,
  -- the job whose end ended this one before it could start
  blocked_by bigint references job,
  -- the training run that this audit or export follows
  source_job_id bigint references job,
  error_class text,
  error_message text,
  error_evidence jsonb,
  suggested_fix text,
  result jsonb,
  -- the latest progress report, and which one it is
  progress jsonb,
  progress_attempt integer not null default 0,
  progress_sequence bigint not null default 0,
  peak_memory_bytes bigint,
  created_at timestamptz not null default now(),
  queued_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  unique (batch_id, name)
);
create index job_by_state on job (state, queue);

create table job_need (
  job_id bigint not null references job,
  need_id bigint not null references job,
  -- false: the need must be completed. true: it must have ended, and at least one of the job's
  -- tolerated needs must be completed
  tolerates_failure boolean not null,
  primary key (job_id, need_id)
);
create index job_need_by_need on job_need (need_id);

create table attempt (
  job_id bigint not null references job,
  number integer not null,
  worker text not null,
  gpu text not null,
  granted_at timestamptz not null default now(),
  lease_until timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  -- null while it runs
  outcome text check (outcome in ('completed', 'failed', 'given-back', 'lost', 'cancelled')),
  error_class text,
  error_message text,
  device text,
  recipe jsonb,
  peak_memory_bytes bigint,
  memory_samples bigint not null default 0,
  memory_min_bytes bigint,
  memory_max_bytes bigint,
  memory_sum_bytes numeric not null default 0,
  primary key (job_id, number)
);
create index attempt_running on attempt (lease_until) where outcome is null;

create table event (
  event_id bigint generated always as identity primary key,
  job_id bigint not null,
  attempt integer not null,
  -- 0 is the coordinator's own
  sequence bigint not null,
  worker text not null,
  at timestamptz not null,
  received_at timestamptz not null default now(),
  type text not null,
  report jsonb not null,
  -- why it changed nothing
  refused text,
  unique (job_id, attempt, sequence)
);

create table checkpoint (
  job_id bigint not null references job,
  path text not null,
  attempt integer not null,
  step bigint not null,
  phase integer not null,
  sha256 text not null,
  size_bytes bigint not null,
  stored_at timestamptz not null,
  primary key (job_id, path)
);

create table validation (
  job_id bigint not null references job,
  step bigint not null,
  attempt integer not null,
  phase integer not null,
  distance double precision not null,
  measures jsonb not null,
  at timestamptz not null,
  primary key (job_id, step)
);

create table audit (
  job_id bigint primary key references job,
  train_job_id bigint references job,
  step bigint not null,
  checkpoint text not null,
  result jsonb not null,
  at timestamptz not null default now()
);

create table memory_sample (
  job_id bigint not null,
  attempt integer not null,
  gpu text not null,
  at timestamptz not null,
  used_bytes bigint not null,
  primary key (job_id, attempt, gpu, at)
);

create table outbox (
  outbox_id bigint generated always as identity primary key,
  job_id bigint not null references job,
  attempt integer not null,
  created_at timestamptz not null default now(),
  unique (job_id, attempt)
);

create table worker (
  worker text primary key,
  host text not null,
  kinds jsonb not null,
  devices jsonb not null,
  running jsonb not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);

create function wake_publishers() returns trigger language plpgsql as $$
begin
  notify morphene_outbox;
  return null;
end
$$;
create trigger outbox_filled after insert on outbox
  for each statement execute function wake_publishers();
