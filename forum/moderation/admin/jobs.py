from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from forum.moderation.admin.desk import DeskAdmin

admin.site.unregister(ProcrastinateJob)  # the library's own desk can also abort and cancel


@admin.register(ProcrastinateJob)
class JobsDesk(DeskAdmin):
    """For the owner: what the site does behind its pages, and what of it failed."""

    moderators_may = frozenset()
    list_display = ["id", "task_name", "status", "attempts", "scheduled_at"]
    list_filter = ["status"]
    ordering = ["-id"]
    sortable_by = []
    actions = ["try_again"]
    fields = ["task_name", "args", "status", "attempts", "scheduled_at"]

    @admin.action(description=gettext_lazy("Try again what failed"))
    def try_again(self, request, queryset):
        failed = list(queryset.filter(status="failed"))
        for job in failed:
            app.job_manager.retry_job_by_id(job.pk, timezone.now())
        self.message_user(
            request,
            _("Jobs that are tried again: %(count)d.") % {"count": len(failed)},
            messages.SUCCESS,
        )
