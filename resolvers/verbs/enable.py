"""enable."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.schema.verb import Change, Verb
from deskgraph.schema.webhook import Webhook, WebhookStatus


class Enable(Verb):
    """Enables a webhook. It goes on where it was: what came meanwhile is sent now."""

    noun = Webhook
    name = "enable"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {"(turn|switch|put) {id} (on|back on|on again)": {}}
    says = "reenable|re enable|activate|turn on|switch on|reactivate|turn back on|switch back on"
    from_ = (WebhookStatus.DISABLED,)
    to = WebhookStatus.ENABLED

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """Earlier failures are forgotten."""
        change = super().change(given)
        change.set = dict.fromkeys(("disabledAt", "disabledReason", "failingSince"))
        return change
