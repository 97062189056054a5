-- Rows that somebody must mend, by cause; and the last run, where it did not end well.
with messages as (
    select code, max(message) as message
    from {{ source('linkedin_conversions', 'rejects') }}
    group by code
),

meanings as (
    select outcome, code, max(meaning) as meaning
    from {{ source('linkedin_conversions', 'run_lines') }}
    group by outcome, code
),

last_run as (
    select run, outcome, message, ended
    from {{ source('linkedin_conversions', 'runs') }}
    where ended = (select max(ended) from {{ source('linkedin_conversions', 'runs') }} where not coalesce(dry_run, false))
        and not coalesce(dry_run, false)
)

select
    r.outcome as what,
    r.code,
    r.stream,
    r.rule,
    count(*) as row_count,
    max(r.time) as newest,
    coalesce(max(m.message), max(l.meaning)) as what_to_do
from {{ ref('latest_result') }} as r
left join messages as m on m.code = r.code
left join meanings as l on l.outcome = r.outcome and l.code = r.code
where r.outcome in ('rejected', 'in_doubt') or r.code = 'same_id_other_key'
group by r.outcome, r.code, r.stream, r.rule
union all
select 'run', outcome, null, null, 1, ended, coalesce(message, 'it left no report: see its log, and run it again')
from last_run
where outcome not in ('done', 'terminated')
order by row_count desc
