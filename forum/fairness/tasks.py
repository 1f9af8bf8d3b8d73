"""Jobs of this room, done by the clock."""

from procrastinate.contrib.django import app

from forum.fairness import figures


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="count_days")
def count_days(timestamp: int) -> None:
    """Keep the figures of moderation up to the hour."""
    figures.count_days()
