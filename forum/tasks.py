"""Jobs of the queue itself, done by the clock."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

# How long jobs can be looked up after they were done, and after they failed for good.
DONE_KEPT_HOURS = 24
FAILED_KEPT_HOURS = 30 * 24


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Keep the table of jobs small."""
    jobs = context.app.job_manager
    await jobs.delete_old_jobs(nb_hours=DONE_KEPT_HOURS)
    await jobs.delete_old_jobs(
        nb_hours=FAILED_KEPT_HOURS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="take_up_left_jobs", pass_context=True)
async def take_up_left_jobs(context: JobContext, timestamp: int) -> None:
    """Let jobs be done again whose worker was killed while it did them."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        await jobs.retry_job(job)
