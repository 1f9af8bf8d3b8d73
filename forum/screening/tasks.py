from django.utils import timezone
from procrastinate.contrib.django import app

from forum.screening.models import Allowance


@app.periodic(cron="40 * * * *")
@app.task(queueing_lock="forget_whole_allowances")
def forget_whole_allowances(timestamp: int) -> None:
    """Keep the table of allowances small: what is whole again is as if it had never been used."""
    Allowance.objects.filter(free_at__lt=timezone.now()).delete()
