-- Events by day (UTC), stream and rule, and how they ended in the runs of that day; a row that several runs read counts in each, dry runs left out.
select
    cast(time as date) as day,
    stream,
    rule,
    count(*) as events,
    sum(case when outcome = 'delivered' then 1 else 0 end) as accepted,
    sum(case when outcome = 'already_delivered' then 1 else 0 end) as sent_before,
    sum(case when outcome = 'skipped' then 1 else 0 end) as left_out,
    sum(case when outcome = 'rejected' then 1 else 0 end) as rejected,
    sum(case when outcome = 'in_doubt' then 1 else 0 end) as in_doubt
from {{ source('linkedin_conversions', 'results') }}
where run not in (select run from {{ source('linkedin_conversions', 'runs') }} where dry_run)
group by 1, 2, 3
