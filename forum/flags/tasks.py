from procrastinate.contrib.django import app

from forum.flags.models import Flag
from forum.screening import networks


@app.periodic(cron="46 3 * * *")
@app.task(queueing_lock="forget_origins_of_flags")
def forget_origins_of_flags(timestamp: int) -> None:
    """Forget from where flags came that are no longer new."""
    old = Flag.objects.filter(network__isnull=False, flagged_at__lt=networks.kept_since())
    old.update(network=None)
