-- A publishing window for each size of job, and an end for the events of jobs that ended long ago.

alter table job
  -- what a window counts by: jobs of one size find a place together or none does
  add column size text not null
    generated always as (coalesce(recipe || ' x' || side_by_side::text, '')) stored,
  -- when its events were deleted; older than ended_at where it was retried since
  add column events_deleted_at timestamptz;
create index job_with_events on job (ended_at)
  where ended_at is not null and (events_deleted_at is null or events_deleted_at < ended_at);

-- Empty for kinds that need no GPU, and for what an older coordinator writes meanwhile.
alter table outbox add column size text not null default '';
update outbox o set size = j.size from job j where j.job_id = o.job_id;
drop index outbox_by_turn;
create index outbox_by_turn on outbox (queue, size, urgency, batch_id, outbox_id);
