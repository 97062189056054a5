-- What became of each row of a source last, by conversion rule; dry runs, after which nothing became of it, say nothing here. Join it by stream and key_value, for example:
--   select d.*, r.outcome, r.code from deals d left join latest_result r on r.stream = 'deals' and r.key_value = cast(d.id as text)
-- A row that is left out before its rule is known has the rule ''; once it has one, that line says nothing any more.
with numbered as (
    select
        *,
        row_number() over (partition by stream, key, rule order by time desc, run desc, line desc) as newest,
        max(case when rule <> '' then time end) over (partition by stream, key) as last_with_rule,
        -- LinkedIn has not heard of a row whose event id another one has used.
        min(case when outcome in ('delivered', 'already_delivered') and coalesce(code, '') <> 'same_id_other_key' then time end)
            over (partition by stream, key, rule) as accepted_at
    from {{ source('linkedin_conversions', 'results') }}
    where run not in (select run from {{ source('linkedin_conversions', 'runs') }} where dry_run)
)

select
    run || ':' || cast(line as varchar(20)) as result_id,
    stream,
    key,
    key_value,
    rule,
    event_id,
    outcome,
    code,
    run,
    time,
    accepted_at
from numbered
where newest = 1 and (rule <> '' or last_with_rule is null or last_with_rule < time)
