"""disable."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.resolvers.records import Draft
from deskgraph.schema.fields import Text
from deskgraph.schema.scalars import now
from deskgraph.schema.verb import Change, Verb
from deskgraph.schema.webhook import Webhook, WebhookStatus


class Disable(Verb):
    """Disables a webhook: nothing is sent until it is enabled again, and nothing that was to be sent is lost."""

    noun = Webhook
    name = "disable"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {"(turn|switch|shut) {id} (off)": {}}
    says = "deactivate|turn off|switch off|shut off|mute"
    from_ = (WebhookStatus.ENABLED,)
    to = WebhookStatus.DISABLED

    chooses = ("disabled_at",)

    reason = Text("Why.").said("explanation|note|comment|cause", marks="@why", example="It is being moved")

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """When and why, for those who wonder."""
        change = super().change(given)
        change.set["disabledReason"] = given.get("reason")
        return change

    @classmethod
    async def decide(cls, draft: Draft, _desk: Any) -> Change:
        """Now."""
        return cls.change({**draft.given, "disabled_at": now()})
