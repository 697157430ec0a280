"""resend."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.graph.webhooks import resend
from deskgraph.resolvers.records import Draft
from deskgraph.schema.fields import Ref
from deskgraph.schema.verb import Change, Input, Verb
from deskgraph.schema.webhook import Webhook, WebhookStatus


class Resend(Verb):
    """Sends one event to a webhook now, whether it was sent before or not, and whatever types the webhook takes."""

    noun = Webhook
    name = "resend"
    says = "redeliver|send again|replay|retry"
    past = "resent"
    from_ = (WebhookStatus.ENABLED,)
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(send|deliver|push) {event} (again|once more|anew) (to) {id}": {},
        "(send|deliver|push) {event} (to) {id} (again|once more|anew)": {},
    }
    inputs: ClassVar[dict[str, Input]] = {"event": Ref("The event.", "event", required=True).named("event")}

    @classmethod
    def looks(cls, _given: dict[str, Any]) -> bool:
        """It does."""
        return True

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """NOT_FOUND where there is no such event in the log."""
        await desk.desk.feed.settle()
        await resend(desk.tx, desk.desk.webhooks.consumer(draft.id), draft.given["event"])
        return cls.change(draft.given)
