-- Where recordings come from, and what an operator holds back.

create table source (
  source_id bigint generated always as identity primary key,
  -- number in the catalogue
  instrument integer not null,
  type text not null check (type in ('musical', 'nonmusical')),
  name text not null,
  origin text not null check (origin in ('recorded', 'licensed', 'commissioned', 'synthesized')),
  license text,
  restrictions text,
  duration_seconds double precision,
  -- 1 (poor) to 5 (excellent), by ear
  quality integer,
  -- what was done to it, in order
  processing text[] not null,
  -- absolute paths
  files text[] not null,
  notes text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index source_by_instrument on source (instrument);

create table reference_clip (
  source_id bigint not null references source on delete cascade,
  file text not null,
  description text,
  duration_seconds double precision
);
-- A path may be longer than an index takes.
create unique index reference_clip_by_file on reference_clip (source_id, md5(file));

-- The whole queue is paused while there is a row.
create table queue_pause (
  only_row boolean primary key default true check (only_row),
  since timestamptz not null default now()
);

alter table job
  -- not published before it is resumed; stands while the job waits
  add column paused_at timestamptz;

alter table worker
  -- given nothing new until it is released; outlives the node's session
  add column quarantined_at timestamptz,
  add column quarantine_reason text;

-- How long runs of a recipe, and jobs of a kind, took.
create index job_completed on job (kind, recipe, ended_at desc) where state = 'completed';
