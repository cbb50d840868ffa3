-- Samples at full rate for days, by minute for a year, and what of them got lost.

-- Samples name a GPU by number: 50,000 rows a second are half as large without its names.
create table gpu (
  gpu_id integer generated always as identity primary key,
  worker text not null,
  gpu text not null,
  -- null for a GPU of which only jobs' samples came
  total_bytes bigint,
  unique (worker, gpu)
);

-- Raw samples lie in partitions of a day (UTC) that the retention loop makes ahead and drops in the
-- end. What a node with a wrong clock says falls outside of all days and lies in the default
-- partition, so that no clock can make partitions without end.
--
-- Nothing is unique here: a batch that comes twice is recognised by its sequence in node_telemetry,
-- and the few that might slip through would do no harm to a minimum, a mean or a maximum. Rows come
-- nearly in the order of their times, so a block range index finds a minute and costs next to
-- nothing at 50,000 rows a second, where a tree would cost as much as the rows.
create table gpu_sample (
  at timestamptz not null,
  gpu_id integer not null,
  utilisation_percent smallint,
  free_bytes bigint
) partition by range (at);
create index gpu_sample_at on gpu_sample using brin (at) with (pages_per_range = 32);
create table gpu_sample_other partition of gpu_sample default;

create table job_sample (
  at timestamptz not null,
  job_id bigint not null,
  attempt integer not null,
  gpu_id integer not null,
  phase smallint,
  used_bytes bigint not null
) partition by range (at);
create index job_sample_at on job_sample using brin (at) with (pages_per_range = 32);
create table job_sample_other partition of job_sample default;

insert into gpu (worker, gpu)
  select distinct a.worker, s.gpu from memory_sample s
    join attempt a on a.job_id = s.job_id and a.number = s.attempt;
insert into job_sample (at, job_id, attempt, gpu_id, used_bytes)
  select s.at, s.job_id, s.attempt, g.gpu_id, s.used_bytes from memory_sample s
    join attempt a on a.job_id = s.job_id and a.number = s.attempt
    join gpu g on g.worker = a.worker and g.gpu = s.gpu;
drop table memory_sample;

-- By minute, in partitions of a month. The keys make a minute that is rolled up again one row.
create table gpu_minute (
  minute timestamptz not null,
  gpu_id integer not null,
  samples integer not null,
  utilisation_min_percent smallint,
  utilisation_mean_percent real,
  utilisation_max_percent smallint,
  free_min_bytes bigint,
  free_mean_bytes bigint,
  free_max_bytes bigint,
  primary key (gpu_id, minute)
) partition by range (minute);
create table gpu_minute_other partition of gpu_minute default;

create table job_minute (
  minute timestamptz not null,
  job_id bigint not null,
  attempt integer not null,
  gpu_id integer not null,
  samples integer not null,
  used_min_bytes bigint not null,
  used_mean_bytes bigint not null,
  used_max_bytes bigint not null,
  primary key (job_id, attempt, gpu_id, minute)
) partition by range (minute);
create table job_minute_other partition of job_minute default;

-- Minutes that got samples since they were last rolled up. Who stores samples of a minute holds its
-- row until it commits, and the roll-up takes the row away first: so it sees them all.
create table telemetry_due (
  minute timestamptz primary key
);
insert into telemetry_due
  select distinct date_trunc('minute', at) from job_sample;

-- What came of each life of each node. Lost on the way: newest_sequence - batches.
create table node_telemetry (
  worker text not null,
  session uuid not null,
  newest_sequence bigint not null default 0,
  -- bit i: whether the batch newest_sequence - i was stored; older ones are not taken any more
  recent bigint not null default 0,
  -- stored; each counts once
  batches bigint not null default 0,
  samples bigint not null default 0,
  -- that the node could not send
  samples_lost_at_node bigint not null default 0,
  updated_at timestamptz not null default now(),
  primary key (worker, session)
) with (fillfactor = 50);

-- Running attempts change once a second: room on the page spares their indexes every change.
alter table attempt set (fillfactor = 50);
