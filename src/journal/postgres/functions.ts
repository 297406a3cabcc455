/*
 * Each step of a journal is one statement, so that a process that is stopped in the middle leaves
 * no lock behind. The job of a claim is locked before the batch, everywhere.
 */

/** Whatever the server is set to: a submit goes out only once its intent would survive a crash. */
const durable = `
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;`;

/** Gives a batch to a claim, unless another claim that is alive has it. */
export const takeFunction = `
create function rh_batch.take(
  p_name text, p_queue text, p_claim uuid, p_attempt int, p_by text
) returns table (r_id bigint, r_seq bigint, r_held_by text)
language plpgsql as $$
declare
  found_batch rh_batch.batch;
begin
  ${durable}
  insert into rh_batch.batch (name) values (p_name) on conflict (name) do nothing;
  select * into found_batch from rh_batch.batch b where b.name = p_name for update;
  if found_batch.claim_id is not null
    and (found_batch.claim_id <> p_claim or found_batch.claim_attempt <> p_attempt)
    and exists (
      select 1 from rh_batch_boss.job j
      where j.name = found_batch.claim_queue and j.id = found_batch.claim_id
        and j.retry_count = found_batch.claim_attempt and j.state = 'active'
    )
  then
    return query select found_batch.id, found_batch.seq, coalesce(found_batch.claim_by, '');
    return;
  end if;
  update rh_batch.batch b
    set claim_queue = p_queue, claim_id = p_claim, claim_attempt = p_attempt, claim_by = p_by
    where b.id = found_batch.id;
  return query select found_batch.id, found_batch.seq, null::text;
end
$$;
`;

/**
 * Writes records and tells of each what became of it: 'written', also where an earlier try wrote
 * it; 'fenced' where the claim is not held any more; 'late' where it is the answer to a submit of
 * a former leader whose run has gone on since. With a claim that is not held, only what is known of
 * submits is written: that is true whoever writes it. An intent needs the claim to be alive.
 * p_seq: nothing is written unless the journal still ends there.
 */
export const appendFunction = `
create function rh_batch.append(
  p_batch bigint, p_queue text, p_claim uuid, p_attempt int, p_seq bigint, p_version int,
  p_writer uuid, p_machine text,
  p_n bigint[], p_kind text[], p_run text[], p_try int[], p_body text[]
) returns table (r_n bigint, r_seq bigint, r_verdict text)
language plpgsql as $$
declare
  alive boolean;
  owner boolean;
  last bigint;
  known bigint;
  told text;
begin
  ${durable}
  if (select min_writer from rh_batch.meta) > p_version then
    raise exception 'a newer rh-batch has changed this store' using errcode = 'RB001';
  end if;
  perform 1 from rh_batch_boss.job j
    where j.name = p_queue and j.id = p_claim and j.retry_count = p_attempt and j.state = 'active'
    for share;
  alive := found;
  select b.seq, coalesce(b.claim_id = p_claim and b.claim_attempt = p_attempt, false)
    into last, owner from rh_batch.batch b where b.id = p_batch for update;
  if p_seq is not null and p_seq <> last then
    return;
  end if;
  for i in 1 .. coalesce(array_length(p_n, 1), 0) loop
    select e.seq into known from rh_batch.event e
      where e.batch = p_batch and e.writer = p_writer and e.n = p_n[i];
    if found then
      r_n := p_n[i]; r_seq := known; r_verdict := 'written';
      return next;
      continue;
    end if;
    told := 'written';
    if p_kind[i] = 'intent' and not (alive and owner) then
      told := 'fenced';
    elsif not owner then
      if p_kind[i] not in ('accepted', 'refused', 'lost', 'judged') then
        told := 'fenced';
      elsif p_kind[i] <> 'judged' and exists (
        select 1 from rh_batch.event e
        where e.batch = p_batch and e.run = p_run[i]
          and ((e.kind = 'intent' and e.attempt > p_try[i])
            or (e.kind = 'resolved' and e.attempt >= p_try[i]))
      ) then
        told := 'late';
      end if;
    end if;
    if told = 'written' and p_kind[i] = 'batch' then
      update rh_batch.batch b
        set target = p_body[i]::json ->> 'target', account = p_body[i]::json ->> 'account'
        where b.id = p_batch;
    end if;
    r_n := p_n[i]; r_seq := null; r_verdict := told;
    if told = 'written' then
      last := last + 1;
      insert into rh_batch.event (batch, seq, writer, n, kind, run, attempt, body, machine)
        values (p_batch, last, p_writer, p_n[i], p_kind[i], p_run[i], p_try[i], p_body[i], p_machine);
      r_seq := last;
    end if;
    return next;
  end loop;
  update rh_batch.batch b set seq = last where b.id = p_batch;
end
$$;
`;
