# ruff: noqa: A002 - `id` and `filter` are the fields' own names
"""The nouns of a desk, their records, and their words. Written by `make client`; what is changed here is lost.

One file, past 400 lines, because nobody reads or writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from deskgraph.client.background import Background, Rows, SyncNounWords
from deskgraph.client.batches import BatchedWord, SyncBatchedWord
from deskgraph.client.declared import Field, Noun, Record, Some, Verb
from deskgraph.client.hooks import HookPoint
from deskgraph.client.words import Found, NounWords, Speaker
from deskgraph.schema.errors import DeskError

if TYPE_CHECKING:
    from deskgraph.client.context import Context
    from deskgraph.client.sync import SyncContext


class TicketStatus(StrEnum):
    """Where a ticket stands. Only verbs move it."""

    OPEN = "OPEN"
    """Somebody should act on it."""

    PENDING = "PENDING"
    """Waiting for someone else, such as the requester."""

    ESCALATED = "ESCALATED"
    """Handed to a higher tier."""

    RESOLVED = "RESOLVED"
    """Fixed, unless the requester disagrees."""

    CLOSED = "CLOSED"
    """Done for good; only `reopen` brings it back."""


TicketStatusWord: TypeAlias = (
    TicketStatus
    | Literal[
        "OPEN",
        "open",
        "Open",
        "PENDING",
        "pending",
        "Pending",
        "ESCALATED",
        "escalated",
        "Escalated",
        "RESOLVED",
        "resolved",
        "Resolved",
        "CLOSED",
        "closed",
        "Closed",
    ]
)


class TicketPriority(StrEnum):
    """How urgent a ticket is, from the least to the most."""

    LOW = "LOW"
    """Whenever there is time."""

    MEDIUM = "MEDIUM"
    """The usual."""

    HIGH = "HIGH"
    """Before the usual."""

    URGENT = "URGENT"
    """Now."""


TicketPriorityWord: TypeAlias = (
    TicketPriority
    | Literal["LOW", "low", "Low", "MEDIUM", "medium", "Medium", "HIGH", "high", "High", "URGENT", "urgent", "Urgent"]
)


class Channel(StrEnum):
    """How a ticket came in."""

    EMAIL = "EMAIL"
    """An e-mail."""

    CHAT = "CHAT"
    """A chat or messenger."""

    PHONE = "PHONE"
    """A call."""

    WEB = "WEB"
    """A form or portal."""

    SOCIAL = "SOCIAL"
    """A social network."""

    API = "API"
    """A program."""


ChannelWord: TypeAlias = (
    Channel
    | Literal[
        "EMAIL",
        "email",
        "Email",
        "CHAT",
        "chat",
        "Chat",
        "PHONE",
        "phone",
        "Phone",
        "WEB",
        "web",
        "Web",
        "SOCIAL",
        "social",
        "Social",
        "API",
        "api",
        "Api",
    ]
)


class UserRole(StrEnum):
    """What a user does at the desk."""

    SUPPORT = "SUPPORT"
    """Works on tickets; the least busy is chosen among these."""

    MANAGER = "MANAGER"
    """Leads the desk."""

    ADMIN = "ADMIN"
    """Runs the system."""


UserRoleWord: TypeAlias = (
    UserRole | Literal["SUPPORT", "support", "Support", "MANAGER", "manager", "Manager", "ADMIN", "admin", "Admin"]
)


class UserStatus(StrEnum):
    """Whether a user is there to take tickets."""

    ONLINE = "ONLINE"
    """Takes tickets."""

    AWAY = "AWAY"
    """Back soon; takes none."""

    OFFLINE = "OFFLINE"
    """Not there."""


UserStatusWord: TypeAlias = (
    UserStatus | Literal["ONLINE", "online", "Online", "AWAY", "away", "Away", "OFFLINE", "offline", "Offline"]
)


class Visibility(StrEnum):
    """Who sees an activity."""

    INTERNAL = "INTERNAL"
    """The desk alone."""

    PUBLIC = "PUBLIC"
    """Also the contact whose ticket it is on, or whom it is with."""


VisibilityWord: TypeAlias = Visibility | Literal["INTERNAL", "internal", "Internal", "PUBLIC", "public", "Public"]


class WebhookStatus(StrEnum):
    """Whether events are sent to a webhook."""

    ENABLED = "ENABLED"
    """Events are sent as they come."""

    DISABLED = "DISABLED"
    """Nothing is sent; what comes waits until it is enabled again."""


WebhookStatusWord: TypeAlias = (
    WebhookStatus | Literal["ENABLED", "enabled", "Enabled", "DISABLED", "disabled", "Disabled"]
)


class FailurePolicy(StrEnum):
    """What becomes of a verb about which a before-hook could not be asked, or did not answer as it should."""

    REJECT = "REJECT"
    """It is refused: HOOK_REJECTED."""

    PROCEED = "PROCEED"
    """It is done all the same; its event says so."""


FailurePolicyWord: TypeAlias = FailurePolicy | Literal["REJECT", "reject", "Reject", "PROCEED", "proceed", "Proceed"]


class Role(StrEnum):
    """What the holder of an API key, or of a token, may see and do."""

    ADMIN = "ADMIN"
    """Everything in the workspace, its keys and webhooks too."""

    AGENT = "AGENT"
    """Reads the desk and does its verbs."""

    ANALYST = "ANALYST"
    """Reads the desk, and changes nothing."""

    CONTACT = "CONTACT"
    """A customer: sees and writes only their own tickets, and the public activities on them."""

    CONSUMER = "CONSUMER"
    """Follows the event log and settles deliveries, and does no verbs."""


RoleWord: TypeAlias = (
    Role
    | Literal[
        "ADMIN",
        "admin",
        "Admin",
        "AGENT",
        "agent",
        "Agent",
        "ANALYST",
        "analyst",
        "Analyst",
        "CONTACT",
        "contact",
        "Contact",
        "CONSUMER",
        "consumer",
        "Consumer",
    ]
)


class ApiKeyStatus(StrEnum):
    """Whether a key opens anything."""

    ACTIVE = "ACTIVE"
    """It does, until it expires."""

    REVOKED = "REVOKED"
    """It does not, and never will again."""


ApiKeyStatusWord: TypeAlias = ApiKeyStatus | Literal["ACTIVE", "active", "Active", "REVOKED", "revoked", "Revoked"]


class Assignment(StrEnum):
    """How an agent is chosen."""

    LEAST_BUSY = "LEAST_BUSY"
    """The online support user with the fewest unsolved tickets, within capacity."""


AssignmentWord: TypeAlias = Assignment | Literal["LEAST_BUSY", "least_busy", "Least_busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Record):
    """A customer's request for help, from the first message to its resolution."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    number: int
    """A short number for people: #1042."""

    subject: str
    """What it is about."""

    description: str | None
    """The request in full."""

    status: TicketStatus
    """Where it stands."""

    priority: TicketPriority
    """How urgent it is."""

    channel: Channel | None
    """How it came in."""

    level: int
    """How often it was escalated."""

    resolution: str | None
    """What fixed it; set by `resolve`, cleared by `reopen`."""

    contact: str | None
    """Who raised it: the requester."""

    agent: str | None
    """Who works on it."""

    organization: str | None
    """Where its contact works; kept in step with the contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Record):
    """A customer's person: who raises tickets."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    name: str
    """The full name."""

    email: str | None
    """The e-mail address."""

    phone: str | None
    """The telephone number."""

    organization: str | None
    """Where the contact works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Record):
    """A customer's company, where contacts work."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    name: str
    """The name."""

    domain: str | None
    """The internet domain, such as acme.com."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Record):
    """Somebody of the support team."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    name: str
    """The full name."""

    email: str | None
    """The e-mail address."""

    role: UserRole
    """What the user does."""

    status: UserStatus
    """Whether the user takes tickets now."""

    tier: int
    """The support tier, 1 the first line; escalation goes up."""

    capacity: int | None
    """How many unsolved tickets the user takes at most when the desk assigns; null is no limit."""

    open_tickets: int
    """How many unsolved tickets are assigned to the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Record):
    """Something done or to be done about a customer: a satisfaction survey, a health check, a note."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    type: str
    """What kind, an open word such as satisfaction_survey."""

    note: str | None
    """A remark."""

    visibility: Visibility | None
    """Who sees it; null is the desk alone, as INTERNAL is."""

    data: Any = field(hash=False)
    """Anything more, for the programs that need it."""

    contact: str | None
    """The contact it is with."""

    ticket: str | None
    """The ticket it is on."""

    organization: str | None
    """The organization it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """One verb done to one noun, written in the verb's own transaction."""

    type: str
    """What happened: `ticket.resolved`."""

    position: int
    """The place in the workspace's log, from 1 without gaps; null for the moment until the sequencer has placed it.
        """

    subject_id: str
    """The id of what it happened to, also when that is deleted."""

    subject_version: int
    """The subject's version after this event."""

    at: datetime
    """When it happened."""

    actor: str
    """Who did it: a user's id, `key:NAME` for an API key, `hook:NAME` for an after-hook, `system`."""

    data: Any = field(hash=False)
    """What the verb was given and chose; `$id` is the subject's id."""

    user: str | None
    """The actor, where that is a user."""

    cause: str | None
    """The event whose after-hook did this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Record):
    """An address to which events are sent, each as a signed HTTP request."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    url: str
    """Where the requests go."""

    types: list[str] | None = field(hash=False)
    """The event types it takes: `ticket.resolved`, `ticket.*`, `*.created`; null takes all."""

    description: str | None
    """What it is for."""

    status: WebhookStatus
    """Whether events are sent."""

    disabled_at: datetime | None
    """Since when it is disabled; null while it is enabled."""

    disabled_reason: str | None
    """Why it is disabled."""

    failing_since: datetime | None
    """When the first request failed since the last one that succeeded; null where none did."""

    secret: str | None = field(default=None, repr=False, compare=False)
    """The new secret that requests are signed with; only the answer that made it has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAttempt(Record):
    """One request of a webhook: one try to send it one event."""

    at: datetime
    """When the request was sent."""

    number: int
    """Which try of this delivery it was, from 1."""

    status: int | None
    """The answer's HTTP status; null where there was no answer."""

    ms: int
    """How many milliseconds it took."""

    error: str | None
    """Why it failed; null where it succeeded."""

    response: str | None
    """How the answer's body begins."""

    webhook: str | None
    """The webhook."""

    event: str | None
    """The event that was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeHook(Record):
    """An address that is asked before a verb is done, by a signed HTTP request: it may change the input, or refuse."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    url: str
    """Where it is asked."""

    verbs: list[str] = field(hash=False)
    """The verbs it is asked about: `ticket.create`, `ticket.*`, `*`."""

    description: str | None
    """What it is for."""

    timeout_ms: int
    """How many milliseconds it has for its answer; the verb waits so long."""

    failure_policy: FailurePolicy
    """What becomes of the verb if it does not answer."""

    secret: str | None = field(default=None, repr=False, compare=False)
    """The new secret that requests are signed with; only the answer that made it has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey(Record):
    """A key to the workspace, `dg_...`, for one role. Its text is shown once; the graph has only a hash of it."""

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    name: str
    """What it is for."""

    begins: str
    """How its text begins, by which it can be told from others."""

    role: Role
    """What its holder may see and do."""

    status: ApiKeyStatus
    """Whether it opens anything."""

    expires_at: datetime | None
    """When it ends by itself; null is never."""

    revoked_at: datetime | None
    """When it was revoked."""

    last_used_at: datetime | None
    """When it was last used, to a minute or so; null is never."""

    user: str | None
    """The user who acts with it: the actor of its events."""

    contact: str | None
    """The contact who acts with it: a key with the role CONTACT has one."""

    secret: str | None = field(default=None, repr=False, compare=False)
    """The key's text, `dg_...`: only the answer that made it has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace(Record):
    """A desk of its own beside this one, which sees nothing of it: its tickets, people, log, hooks and keys. Only the
    operator, who has the key that the server was started with, sees workspaces and makes them.
    """

    version: int
    """Counts the verbs done to it, from 1."""

    created_at: datetime
    """When it was created."""

    updated_at: datetime
    """When a verb last changed it."""

    name: str
    """What it is called."""

    secret: str | None = field(default=None, repr=False, compare=False)
    """The text of its first key, `dg_...`, an ADMIN's: only the answer that made it has it."""


TICKET = Noun(
    "Ticket",
    "ticket",
    "tickets",
    Ticket,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "number": Field("number", sortable=True),
        "subject": Field("subject", sortable=True),
        "description": Field("description"),
        "status": Field("status", words=TicketStatus, sortable=True),
        "priority": Field("priority", words=TicketPriority, sortable=True),
        "channel": Field("channel", words=Channel),
        "level": Field("level", sortable=True),
        "resolution": Field("resolution"),
        "contact": Field("contact", to="Contact"),
        "agent": Field("assignee", to="User"),
        "organization": Field("organization", to="Organization"),
    },
    {
        "assignee": Field("assignee", to="User"),
        "activities": Field("activities", to="Activity", many=True),
        "activity": Field("activities", to="Activity", many=True),
        "events": Field("events", to="Event", many=True),
        "event": Field("events", to="Event", many=True),
    },
)

CONTACT = Noun(
    "Contact",
    "contact",
    "contacts",
    Contact,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "name": Field("name", sortable=True),
        "email": Field("email"),
        "phone": Field("phone"),
        "organization": Field("organization", to="Organization"),
    },
    {
        "tickets": Field("tickets", to="Ticket", many=True),
        "ticket": Field("tickets", to="Ticket", many=True),
        "activities": Field("activities", to="Activity", many=True),
        "activity": Field("activities", to="Activity", many=True),
        "events": Field("events", to="Event", many=True),
        "event": Field("events", to="Event", many=True),
    },
)

ORGANIZATION = Noun(
    "Organization",
    "organization",
    "organizations",
    Organization,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "name": Field("name", sortable=True),
        "domain": Field("domain"),
    },
    {
        "contacts": Field("contacts", to="Contact", many=True),
        "contact": Field("contacts", to="Contact", many=True),
        "tickets": Field("tickets", to="Ticket", many=True),
        "ticket": Field("tickets", to="Ticket", many=True),
        "activities": Field("activities", to="Activity", many=True),
        "activity": Field("activities", to="Activity", many=True),
        "events": Field("events", to="Event", many=True),
        "event": Field("events", to="Event", many=True),
    },
)

USER = Noun(
    "User",
    "user",
    "users",
    User,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "name": Field("name", sortable=True),
        "email": Field("email"),
        "role": Field("role", words=UserRole),
        "status": Field("status", words=UserStatus),
        "tier": Field("tier", sortable=True),
        "capacity": Field("capacity"),
        "open_tickets": Field("openTickets"),
    },
    {
        "tickets": Field("tickets", to="Ticket", many=True),
        "ticket": Field("tickets", to="Ticket", many=True),
        "events": Field("events", to="Event", many=True),
        "event": Field("events", to="Event", many=True),
    },
)

ACTIVITY = Noun(
    "Activity",
    "activity",
    "activities",
    Activity,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "type": Field("type"),
        "note": Field("note"),
        "visibility": Field("visibility", words=Visibility),
        "data": Field("data"),
        "contact": Field("contact", to="Contact"),
        "ticket": Field("ticket", to="Ticket"),
        "organization": Field("organization", to="Organization"),
    },
    {"events": Field("events", to="Event", many=True), "event": Field("events", to="Event", many=True)},
)

EVENT = Noun(
    "Event",
    "event",
    "events",
    Event,
    {
        "id": Field("id"),
        "type": Field("type"),
        "position": Field("position", sortable=True),
        "subject_id": Field("subjectId"),
        "subject_version": Field("subjectVersion", sortable=True),
        "at": Field("at", moment=True, sortable=True),
        "actor": Field("actor"),
        "data": Field("data"),
        "user": Field("user", to="User"),
        "cause": Field("cause", to="Event"),
    },
    {
        "effects": Field("effects", to="Event", many=True),
        "event": Field("effects", to="Event", many=True),
        "attempts": Field("attempts", to="WebhookAttempt", many=True),
        "webhookattempt": Field("attempts", to="WebhookAttempt", many=True),
    },
)

WEBHOOK = Noun(
    "Webhook",
    "webhook",
    "webhooks",
    Webhook,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "url": Field("url"),
        "types": Field("types"),
        "description": Field("description"),
        "status": Field("status", words=WebhookStatus),
        "disabled_at": Field("disabledAt", moment=True),
        "disabled_reason": Field("disabledReason"),
        "failing_since": Field("failingSince", moment=True),
    },
    {
        "attempts": Field("attempts", to="WebhookAttempt", many=True),
        "webhookattempt": Field("attempts", to="WebhookAttempt", many=True),
        "events": Field("events", to="Event", many=True),
        "event": Field("events", to="Event", many=True),
    },
)

WEBHOOK_ATTEMPT = Noun(
    "WebhookAttempt",
    "attempt",
    "attempts",
    WebhookAttempt,
    {
        "id": Field("id"),
        "at": Field("at", moment=True, sortable=True),
        "number": Field("number"),
        "status": Field("status"),
        "ms": Field("ms"),
        "error": Field("error"),
        "response": Field("response"),
        "webhook": Field("webhook", to="Webhook"),
        "event": Field("event", to="Event"),
    },
    {},
)

BEFORE_HOOK = Noun(
    "BeforeHook",
    "beforehook",
    "beforehooks",
    BeforeHook,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "url": Field("url"),
        "verbs": Field("verbs"),
        "description": Field("description"),
        "timeout_ms": Field("timeoutMs"),
        "failure_policy": Field("failurePolicy", words=FailurePolicy),
    },
    {"events": Field("events", to="Event", many=True), "event": Field("events", to="Event", many=True)},
)

API_KEY = Noun(
    "ApiKey",
    "apikey",
    "apikeys",
    ApiKey,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "name": Field("name"),
        "begins": Field("begins"),
        "role": Field("role", words=Role),
        "status": Field("status", words=ApiKeyStatus),
        "expires_at": Field("expiresAt", moment=True),
        "revoked_at": Field("revokedAt", moment=True),
        "last_used_at": Field("lastUsedAt", moment=True),
        "user": Field("user", to="User"),
        "contact": Field("contact", to="Contact"),
    },
    {"events": Field("events", to="Event", many=True), "event": Field("events", to="Event", many=True)},
)

WORKSPACE = Noun(
    "Workspace",
    "workspace",
    "workspaces",
    Workspace,
    {
        "id": Field("id"),
        "version": Field("version", sortable=True),
        "created_at": Field("createdAt", moment=True, sortable=True),
        "updated_at": Field("updatedAt", moment=True, sortable=True),
        "name": Field("name"),
    },
    {"events": Field("events", to="Event", many=True), "event": Field("events", to="Event", many=True)},
)

IDFilter = TypedDict(
    "IDFilter", {"eq": "str | None", "ne": "str | None", "in": "list[str]", "notIn": "list[str]"}, total=False
)

StringFilter = TypedDict(
    "StringFilter",
    {
        "eq": "str | None",
        "ne": "str | None",
        "in": "list[str]",
        "notIn": "list[str]",
        "contains": "str",
        "startsWith": "str",
        "endsWith": "str",
    },
    total=False,
)


class StringListFilter(TypedDict, total=False):
    """What may be asked of a field of type str."""

    has: str


IntFilter = TypedDict(
    "IntFilter",
    {
        "eq": "int | None",
        "ne": "int | None",
        "in": "list[int]",
        "notIn": "list[int]",
        "gt": "int",
        "gte": "int",
        "lt": "int",
        "lte": "int",
    },
    total=False,
)

LongFilter = TypedDict(
    "LongFilter",
    {
        "eq": "int | None",
        "ne": "int | None",
        "in": "list[int]",
        "notIn": "list[int]",
        "gt": "int",
        "gte": "int",
        "lt": "int",
        "lte": "int",
    },
    total=False,
)

DateTimeFilter = TypedDict(
    "DateTimeFilter",
    {
        "eq": "datetime | str | None",
        "ne": "datetime | str | None",
        "in": "list[datetime | str]",
        "notIn": "list[datetime | str]",
        "gt": "datetime | str",
        "gte": "datetime | str",
        "lt": "datetime | str",
        "lte": "datetime | str",
    },
    total=False,
)

TicketStatusFilter = TypedDict(
    "TicketStatusFilter",
    {
        "eq": "TicketStatusWord | None",
        "ne": "TicketStatusWord | None",
        "in": "list[TicketStatusWord]",
        "notIn": "list[TicketStatusWord]",
    },
    total=False,
)

TicketPriorityFilter = TypedDict(
    "TicketPriorityFilter",
    {
        "eq": "TicketPriorityWord | None",
        "ne": "TicketPriorityWord | None",
        "in": "list[TicketPriorityWord]",
        "notIn": "list[TicketPriorityWord]",
    },
    total=False,
)

ChannelFilter = TypedDict(
    "ChannelFilter",
    {"eq": "ChannelWord | None", "ne": "ChannelWord | None", "in": "list[ChannelWord]", "notIn": "list[ChannelWord]"},
    total=False,
)

UserRoleFilter = TypedDict(
    "UserRoleFilter",
    {
        "eq": "UserRoleWord | None",
        "ne": "UserRoleWord | None",
        "in": "list[UserRoleWord]",
        "notIn": "list[UserRoleWord]",
    },
    total=False,
)

UserStatusFilter = TypedDict(
    "UserStatusFilter",
    {
        "eq": "UserStatusWord | None",
        "ne": "UserStatusWord | None",
        "in": "list[UserStatusWord]",
        "notIn": "list[UserStatusWord]",
    },
    total=False,
)

VisibilityFilter = TypedDict(
    "VisibilityFilter",
    {
        "eq": "VisibilityWord | None",
        "ne": "VisibilityWord | None",
        "in": "list[VisibilityWord]",
        "notIn": "list[VisibilityWord]",
    },
    total=False,
)

WebhookStatusFilter = TypedDict(
    "WebhookStatusFilter",
    {
        "eq": "WebhookStatusWord | None",
        "ne": "WebhookStatusWord | None",
        "in": "list[WebhookStatusWord]",
        "notIn": "list[WebhookStatusWord]",
    },
    total=False,
)

FailurePolicyFilter = TypedDict(
    "FailurePolicyFilter",
    {
        "eq": "FailurePolicyWord | None",
        "ne": "FailurePolicyWord | None",
        "in": "list[FailurePolicyWord]",
        "notIn": "list[FailurePolicyWord]",
    },
    total=False,
)

RoleFilter = TypedDict(
    "RoleFilter",
    {"eq": "RoleWord | None", "ne": "RoleWord | None", "in": "list[RoleWord]", "notIn": "list[RoleWord]"},
    total=False,
)

ApiKeyStatusFilter = TypedDict(
    "ApiKeyStatusFilter",
    {
        "eq": "ApiKeyStatusWord | None",
        "ne": "ApiKeyStatusWord | None",
        "in": "list[ApiKeyStatusWord]",
        "notIn": "list[ApiKeyStatusWord]",
    },
    total=False,
)

AssignmentFilter = TypedDict(
    "AssignmentFilter",
    {
        "eq": "AssignmentWord | None",
        "ne": "AssignmentWord | None",
        "in": "list[AssignmentWord]",
        "notIn": "list[AssignmentWord]",
    },
    total=False,
)

TicketFilter = TypedDict(
    "TicketFilter",
    {
        "and": "list[TicketFilter]",
        "or": "list[TicketFilter]",
        "not": "TicketFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "number": "LongFilter",
        "subject": "StringFilter",
        "description": "StringFilter",
        "status": "TicketStatusFilter",
        "priority": "TicketPriorityFilter",
        "channel": "ChannelFilter",
        "level": "IntFilter",
        "resolution": "StringFilter",
        "contact": "ContactFilter | None",
        "assignee": "UserFilter | None",
        "organization": "OrganizationFilter | None",
        "activities": "ActivityListFilter",
        "events": "EventListFilter",
    },
    total=False,
)


class TicketListFilter(TypedDict, total=False):
    """What may be asked of an edge to many tickets."""

    some: TicketFilter
    none: TicketFilter


ContactFilter = TypedDict(
    "ContactFilter",
    {
        "and": "list[ContactFilter]",
        "or": "list[ContactFilter]",
        "not": "ContactFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "name": "StringFilter",
        "email": "StringFilter",
        "phone": "StringFilter",
        "organization": "OrganizationFilter | None",
        "tickets": "TicketListFilter",
        "activities": "ActivityListFilter",
        "events": "EventListFilter",
    },
    total=False,
)


class ContactListFilter(TypedDict, total=False):
    """What may be asked of an edge to many contacts."""

    some: ContactFilter
    none: ContactFilter


OrganizationFilter = TypedDict(
    "OrganizationFilter",
    {
        "and": "list[OrganizationFilter]",
        "or": "list[OrganizationFilter]",
        "not": "OrganizationFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "name": "StringFilter",
        "domain": "StringFilter",
        "contacts": "ContactListFilter",
        "tickets": "TicketListFilter",
        "activities": "ActivityListFilter",
        "events": "EventListFilter",
    },
    total=False,
)


class OrganizationListFilter(TypedDict, total=False):
    """What may be asked of an edge to many organizations."""

    some: OrganizationFilter
    none: OrganizationFilter


UserFilter = TypedDict(
    "UserFilter",
    {
        "and": "list[UserFilter]",
        "or": "list[UserFilter]",
        "not": "UserFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "name": "StringFilter",
        "email": "StringFilter",
        "role": "UserRoleFilter",
        "status": "UserStatusFilter",
        "tier": "IntFilter",
        "capacity": "IntFilter",
        "openTickets": "IntFilter",
        "tickets": "TicketListFilter",
        "events": "EventListFilter",
    },
    total=False,
)


class UserListFilter(TypedDict, total=False):
    """What may be asked of an edge to many users."""

    some: UserFilter
    none: UserFilter


ActivityFilter = TypedDict(
    "ActivityFilter",
    {
        "and": "list[ActivityFilter]",
        "or": "list[ActivityFilter]",
        "not": "ActivityFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "type": "StringFilter",
        "note": "StringFilter",
        "visibility": "VisibilityFilter",
        "contact": "ContactFilter | None",
        "ticket": "TicketFilter | None",
        "organization": "OrganizationFilter | None",
        "events": "EventListFilter",
    },
    total=False,
)


class ActivityListFilter(TypedDict, total=False):
    """What may be asked of an edge to many activities."""

    some: ActivityFilter
    none: ActivityFilter


EventFilter = TypedDict(
    "EventFilter",
    {
        "and": "list[EventFilter]",
        "or": "list[EventFilter]",
        "not": "EventFilter",
        "id": "IDFilter",
        "type": "StringFilter",
        "position": "LongFilter",
        "subjectId": "IDFilter",
        "subjectVersion": "LongFilter",
        "at": "DateTimeFilter",
        "actor": "StringFilter",
        "user": "UserFilter | None",
        "cause": "EventFilter | None",
        "effects": "EventListFilter",
        "attempts": "WebhookAttemptListFilter",
    },
    total=False,
)


class EventListFilter(TypedDict, total=False):
    """What may be asked of an edge to many events."""

    some: EventFilter
    none: EventFilter


WebhookFilter = TypedDict(
    "WebhookFilter",
    {
        "and": "list[WebhookFilter]",
        "or": "list[WebhookFilter]",
        "not": "WebhookFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "url": "StringFilter",
        "types": "StringListFilter",
        "description": "StringFilter",
        "status": "WebhookStatusFilter",
        "disabledAt": "DateTimeFilter",
        "disabledReason": "StringFilter",
        "failingSince": "DateTimeFilter",
        "attempts": "WebhookAttemptListFilter",
        "events": "EventListFilter",
    },
    total=False,
)


class WebhookListFilter(TypedDict, total=False):
    """What may be asked of an edge to many webhooks."""

    some: WebhookFilter
    none: WebhookFilter


WebhookAttemptFilter = TypedDict(
    "WebhookAttemptFilter",
    {
        "and": "list[WebhookAttemptFilter]",
        "or": "list[WebhookAttemptFilter]",
        "not": "WebhookAttemptFilter",
        "id": "IDFilter",
        "at": "DateTimeFilter",
        "number": "IntFilter",
        "status": "IntFilter",
        "ms": "IntFilter",
        "error": "StringFilter",
        "response": "StringFilter",
        "webhook": "WebhookFilter | None",
        "event": "EventFilter | None",
    },
    total=False,
)


class WebhookAttemptListFilter(TypedDict, total=False):
    """What may be asked of an edge to many attempts."""

    some: WebhookAttemptFilter
    none: WebhookAttemptFilter


BeforeHookFilter = TypedDict(
    "BeforeHookFilter",
    {
        "and": "list[BeforeHookFilter]",
        "or": "list[BeforeHookFilter]",
        "not": "BeforeHookFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "url": "StringFilter",
        "verbs": "StringListFilter",
        "description": "StringFilter",
        "timeoutMs": "IntFilter",
        "failurePolicy": "FailurePolicyFilter",
        "events": "EventListFilter",
    },
    total=False,
)


class BeforeHookListFilter(TypedDict, total=False):
    """What may be asked of an edge to many beforehooks."""

    some: BeforeHookFilter
    none: BeforeHookFilter


ApiKeyFilter = TypedDict(
    "ApiKeyFilter",
    {
        "and": "list[ApiKeyFilter]",
        "or": "list[ApiKeyFilter]",
        "not": "ApiKeyFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "name": "StringFilter",
        "begins": "StringFilter",
        "role": "RoleFilter",
        "status": "ApiKeyStatusFilter",
        "expiresAt": "DateTimeFilter",
        "revokedAt": "DateTimeFilter",
        "lastUsedAt": "DateTimeFilter",
        "user": "UserFilter | None",
        "contact": "ContactFilter | None",
        "events": "EventListFilter",
    },
    total=False,
)


class ApiKeyListFilter(TypedDict, total=False):
    """What may be asked of an edge to many apikeys."""

    some: ApiKeyFilter
    none: ApiKeyFilter


WorkspaceFilter = TypedDict(
    "WorkspaceFilter",
    {
        "and": "list[WorkspaceFilter]",
        "or": "list[WorkspaceFilter]",
        "not": "WorkspaceFilter",
        "id": "IDFilter",
        "version": "LongFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "name": "StringFilter",
        "events": "EventListFilter",
    },
    total=False,
)


class WorkspaceListFilter(TypedDict, total=False):
    """What may be asked of an edge to many workspaces."""

    some: WorkspaceFilter
    none: WorkspaceFilter


class TicketFields(TypedDict, total=False):
    """What tickets can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    number: Some[int] | None
    """A short number for people: #1042."""

    subject: Some[str] | None
    """What it is about."""

    description: Some[str] | None
    """The request in full."""

    status: Some[TicketStatusWord] | None
    """Where it stands."""

    priority: Some[TicketPriorityWord] | None
    """How urgent it is."""

    channel: Some[ChannelWord] | None
    """How it came in."""

    level: Some[int] | None
    """How often it was escalated."""

    resolution: Some[str] | None
    """What fixed it; set by `resolve`, cleared by `reopen`."""

    contact: Some[str | Contact] | None
    """Who raised it: the requester."""

    agent: Some[str | User] | None
    """Who works on it."""

    organization: Some[str | Organization] | None
    """Where its contact works; kept in step with the contact."""

    assignee: Some[str | User] | None
    """Who works on it."""

    activities: Some[str | Activity] | None
    """What was noted on it, the newest first."""

    activity: Some[str | Activity] | None
    """What was noted on it, the newest first."""

    events: Some[str | Event] | None
    """What happened to it, the oldest first."""

    event: Some[str | Event] | None
    """What happened to it, the oldest first."""


class ContactFields(TypedDict, total=False):
    """What contacts can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    name: Some[str] | None
    """The full name."""

    email: Some[str] | None
    """The e-mail address."""

    phone: Some[str] | None
    """The telephone number."""

    organization: Some[str | Organization] | None
    """Where the contact works."""

    tickets: Some[str | Ticket] | None
    """The tickets the contact raised, the newest first."""

    ticket: Some[str | Ticket] | None
    """The tickets the contact raised, the newest first."""

    activities: Some[str | Activity] | None
    """What was noted about the contact, the newest first."""

    activity: Some[str | Activity] | None
    """What was noted about the contact, the newest first."""

    events: Some[str | Event] | None
    """What happened to the contact, the oldest first."""

    event: Some[str | Event] | None
    """What happened to the contact, the oldest first."""


class OrganizationFields(TypedDict, total=False):
    """What organizations can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    name: Some[str] | None
    """The name."""

    domain: Some[str] | None
    """The internet domain, such as acme.com."""

    contacts: Some[str | Contact] | None
    """Who works there, the newest first."""

    contact: Some[str | Contact] | None
    """Who works there, the newest first."""

    tickets: Some[str | Ticket] | None
    """The tickets of its contacts, the newest first."""

    ticket: Some[str | Ticket] | None
    """The tickets of its contacts, the newest first."""

    activities: Some[str | Activity] | None
    """What was noted about it, the newest first."""

    activity: Some[str | Activity] | None
    """What was noted about it, the newest first."""

    events: Some[str | Event] | None
    """What happened to it, the oldest first."""

    event: Some[str | Event] | None
    """What happened to it, the oldest first."""


class UserFields(TypedDict, total=False):
    """What users can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    name: Some[str] | None
    """The full name."""

    email: Some[str] | None
    """The e-mail address."""

    role: Some[UserRoleWord] | None
    """What the user does."""

    status: Some[UserStatusWord] | None
    """Whether the user takes tickets now."""

    tier: Some[int] | None
    """The support tier, 1 the first line; escalation goes up."""

    capacity: Some[int] | None
    """How many unsolved tickets the user takes at most when the desk assigns; null is no limit."""

    open_tickets: Some[int] | None
    """How many unsolved tickets are assigned to the user."""

    tickets: Some[str | Ticket] | None
    """The tickets assigned to the user, the newest first."""

    ticket: Some[str | Ticket] | None
    """The tickets assigned to the user, the newest first."""

    events: Some[str | Event] | None
    """What happened to the user, the oldest first."""

    event: Some[str | Event] | None
    """What happened to the user, the oldest first."""


class ActivityFields(TypedDict, total=False):
    """What activities can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    type: Some[str] | None
    """What kind, an open word such as satisfaction_survey."""

    note: Some[str] | None
    """A remark."""

    visibility: Some[VisibilityWord] | None
    """Who sees it; null is the desk alone, as INTERNAL is."""

    contact: Some[str | Contact] | None
    """The contact it is with."""

    ticket: Some[str | Ticket] | None
    """The ticket it is on."""

    organization: Some[str | Organization] | None
    """The organization it is for."""

    events: Some[str | Event] | None
    """What happened to it, the oldest first."""

    event: Some[str | Event] | None
    """What happened to it, the oldest first."""


class EventFields(TypedDict, total=False):
    """What events can be found by."""

    type: Some[str] | None
    """What happened: `ticket.resolved`."""

    position: Some[int] | None
    """The place in the workspace's log, from 1 without gaps; null for the moment until the sequencer has placed it.
        """

    subject_id: Some[str] | None
    """The id of what it happened to, also when that is deleted."""

    subject_version: Some[int] | None
    """The subject's version after this event."""

    at: Some[datetime | str] | None
    """When it happened."""

    actor: Some[str] | None
    """Who did it: a user's id, `key:NAME` for an API key, `hook:NAME` for an after-hook, `system`."""

    user: Some[str | User] | None
    """The actor, where that is a user."""

    cause: Some[str | Event] | None
    """The event whose after-hook did this."""

    effects: Some[str | Event] | None
    """The events that after-hooks of this one caused."""

    event: Some[str | Event] | None
    """The events that after-hooks of this one caused."""

    attempts: Some[str | WebhookAttempt] | None
    """The webhooks' requests that carried it."""

    webhookattempt: Some[str | WebhookAttempt] | None
    """The webhooks' requests that carried it."""


class WebhookFields(TypedDict, total=False):
    """What webhooks can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    url: Some[str] | None
    """Where the requests go."""

    types: Some[list[str]] | None
    """The event types it takes: `ticket.resolved`, `ticket.*`, `*.created`; null takes all."""

    description: Some[str] | None
    """What it is for."""

    status: Some[WebhookStatusWord] | None
    """Whether events are sent."""

    disabled_at: Some[datetime | str] | None
    """Since when it is disabled; null while it is enabled."""

    disabled_reason: Some[str] | None
    """Why it is disabled."""

    failing_since: Some[datetime | str] | None
    """When the first request failed since the last one that succeeded; null where none did."""

    attempts: Some[str | WebhookAttempt] | None
    """Its requests, the newest first; the oldest are forgotten."""

    webhookattempt: Some[str | WebhookAttempt] | None
    """Its requests, the newest first; the oldest are forgotten."""

    events: Some[str | Event] | None
    """What happened to it, the oldest first."""

    event: Some[str | Event] | None
    """What happened to it, the oldest first."""


class WebhookAttemptFields(TypedDict, total=False):
    """What attempts can be found by."""

    at: Some[datetime | str] | None
    """When the request was sent."""

    number: Some[int] | None
    """Which try of this delivery it was, from 1."""

    status: Some[int] | None
    """The answer's HTTP status; null where there was no answer."""

    ms: Some[int] | None
    """How many milliseconds it took."""

    error: Some[str] | None
    """Why it failed; null where it succeeded."""

    response: Some[str] | None
    """How the answer's body begins."""

    webhook: Some[str | Webhook] | None
    """The webhook."""

    event: Some[str | Event] | None
    """The event that was sent."""


class BeforeHookFields(TypedDict, total=False):
    """What beforehooks can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    url: Some[str] | None
    """Where it is asked."""

    verbs: Some[list[str]] | None
    """The verbs it is asked about: `ticket.create`, `ticket.*`, `*`."""

    description: Some[str] | None
    """What it is for."""

    timeout_ms: Some[int] | None
    """How many milliseconds it has for its answer; the verb waits so long."""

    failure_policy: Some[FailurePolicyWord] | None
    """What becomes of the verb if it does not answer."""

    events: Some[str | Event] | None
    """What happened to it, the oldest first."""

    event: Some[str | Event] | None
    """What happened to it, the oldest first."""


class ApiKeyFields(TypedDict, total=False):
    """What apikeys can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    name: Some[str] | None
    """What it is for."""

    begins: Some[str] | None
    """How its text begins, by which it can be told from others."""

    role: Some[RoleWord] | None
    """What its holder may see and do."""

    status: Some[ApiKeyStatusWord] | None
    """Whether it opens anything."""

    expires_at: Some[datetime | str] | None
    """When it ends by itself; null is never."""

    revoked_at: Some[datetime | str] | None
    """When it was revoked."""

    last_used_at: Some[datetime | str] | None
    """When it was last used, to a minute or so; null is never."""

    user: Some[str | User] | None
    """The user who acts with it: the actor of its events."""

    contact: Some[str | Contact] | None
    """The contact who acts with it: a key with the role CONTACT has one."""

    events: Some[str | Event] | None
    """What happened to it, the oldest first."""

    event: Some[str | Event] | None
    """What happened to it, the oldest first."""


class WorkspaceFields(TypedDict, total=False):
    """What workspaces can be found by."""

    version: Some[int] | None
    """Counts the verbs done to it, from 1."""

    created_at: Some[datetime | str] | None
    """When it was created."""

    updated_at: Some[datetime | str] | None
    """When a verb last changed it."""

    name: Some[str] | None
    """What it is called."""

    events: Some[str | Event] | None
    """What happened to it, the oldest first."""

    event: Some[str | Event] | None
    """What happened to it, the oldest first."""


class AssignTicket(TypedDict):
    """What `Ticket.assign` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    agent: NotRequired[str | User | None]
    """The user to assign it to; the least busy one by default."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


ASSIGN_TICKET = Verb(
    TICKET,
    "assign",
    "assigned",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "agent": Field("agent"),
    },
    ("id",),
)


class CloseTicket(TypedDict):
    """What `Ticket.close` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CLOSE_TICKET = Verb(
    TICKET,
    "close",
    "closed",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class CreateContact(TypedDict):
    """What `Contact.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as contact_rV7yKdPm."""

    name: str
    """The full name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    phone: NotRequired[str | None]
    """The telephone number."""

    organization: NotRequired[str | Organization | None]
    """Where the contact works."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_CONTACT = Verb(
    CONTACT,
    "create",
    "created",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "email": Field("email"),
        "phone": Field("phone"),
        "organization": Field("organization"),
    },
    ("name",),
)


class CreateOrganization(TypedDict):
    """What `Organization.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as organization_rV7yKdPm."""

    name: str
    """The name."""

    domain: NotRequired[str | None]
    """The internet domain, such as acme.com."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_ORGANIZATION = Verb(
    ORGANIZATION,
    "create",
    "created",
    {"id": Field("id"), "idempotency_key": Field("idempotencyKey"), "name": Field("name"), "domain": Field("domain")},
    ("name",),
)


class CreateUser(TypedDict):
    """What `User.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as user_rV7yKdPm."""

    name: str
    """The full name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    role: NotRequired[UserRoleWord | None]
    """What the user does."""

    status: NotRequired[UserStatusWord | None]
    """Whether the user takes tickets now."""

    tier: NotRequired[int | None]
    """The support tier, 1 the first line; escalation goes up."""

    capacity: NotRequired[int | None]
    """How many unsolved tickets the user takes at most when the desk assigns; null is no limit."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_USER = Verb(
    USER,
    "create",
    "created",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "email": Field("email"),
        "role": Field("role", words=UserRole),
        "status": Field("status", words=UserStatus),
        "tier": Field("tier"),
        "capacity": Field("capacity"),
    },
    ("name",),
)


class CreateActivity(TypedDict):
    """What `Activity.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as activity_rV7yKdPm."""

    type: str
    """What kind, an open word such as satisfaction_survey."""

    note: NotRequired[str | None]
    """A remark."""

    visibility: NotRequired[VisibilityWord | None]
    """Who sees it; null is the desk alone, as INTERNAL is."""

    data: NotRequired[Any]
    """Anything more, for the programs that need it."""

    contact: NotRequired[str | Contact | None]
    """The contact it is with."""

    ticket: NotRequired[str | Ticket | None]
    """The ticket it is on."""

    organization: NotRequired[str | Organization | None]
    """The organization it is for."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_ACTIVITY = Verb(
    ACTIVITY,
    "create",
    "created",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "type": Field("type"),
        "note": Field("note"),
        "visibility": Field("visibility", words=Visibility),
        "data": Field("data"),
        "contact": Field("contact"),
        "ticket": Field("ticket"),
        "organization": Field("organization"),
    },
    ("type",),
)


class CreateApiKey(TypedDict):
    """What `ApiKey.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as apikey_rV7yKdPm."""

    name: str
    """What it is for."""

    role: RoleWord
    """What its holder may see and do."""

    expires_at: NotRequired[datetime | str | None]
    """When it ends by itself; null is never."""

    user: NotRequired[str | User | None]
    """The user who acts with it: the actor of its events."""

    contact: NotRequired[str | Contact | None]
    """The contact who acts with it: a key with the role CONTACT has one."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_API_KEY = Verb(
    API_KEY,
    "create",
    "created",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "role": Field("role", words=Role),
        "expires_at": Field("expiresAt"),
        "user": Field("user"),
        "contact": Field("contact"),
    },
    ("name", "role"),
    ("secret",),
)


class CreateBeforeHook(TypedDict):
    """What `BeforeHook.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as beforehook_rV7yKdPm."""

    url: str
    """Where it is asked."""

    verbs: list[str]
    """The verbs it is asked about: `ticket.create`, `ticket.*`, `*`."""

    description: NotRequired[str | None]
    """What it is for."""

    timeout_ms: NotRequired[int | None]
    """How many milliseconds it has for its answer; the verb waits so long."""

    failure_policy: NotRequired[FailurePolicyWord | None]
    """What becomes of the verb if it does not answer."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_BEFORE_HOOK = Verb(
    BEFORE_HOOK,
    "create",
    "created",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "url": Field("url"),
        "verbs": Field("verbs"),
        "description": Field("description"),
        "timeout_ms": Field("timeoutMs"),
        "failure_policy": Field("failurePolicy", words=FailurePolicy),
    },
    ("url", "verbs"),
    ("secret",),
)


class CreateTicket(TypedDict):
    """What `Ticket.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as ticket_rV7yKdPm."""

    subject: str
    """What it is about."""

    description: NotRequired[str | None]
    """The request in full."""

    priority: NotRequired[TicketPriorityWord | None]
    """How urgent it is."""

    channel: NotRequired[ChannelWord | None]
    """How it came in."""

    contact: NotRequired[str | Contact | None]
    """Who raised it: the requester."""

    agent: NotRequired[str | User | None]
    """The user to assign it to."""

    assign: NotRequired[AssignmentWord | None]
    """How to choose an agent where none is named."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_TICKET = Verb(
    TICKET,
    "create",
    "created",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "subject": Field("subject"),
        "description": Field("description"),
        "priority": Field("priority", words=TicketPriority),
        "channel": Field("channel", words=Channel),
        "contact": Field("contact"),
        "agent": Field("agent"),
        "assign": Field("assign", words=Assignment),
    },
    ("subject",),
)


class CreateWebhook(TypedDict):
    """What `Webhook.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as webhook_rV7yKdPm."""

    url: str
    """Where the requests go."""

    types: NotRequired[list[str] | None]
    """The event types it takes: `ticket.resolved`, `ticket.*`, `*.created`; null takes all."""

    description: NotRequired[str | None]
    """What it is for."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_WEBHOOK = Verb(
    WEBHOOK,
    "create",
    "created",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "url": Field("url"),
        "types": Field("types"),
        "description": Field("description"),
    },
    ("url",),
    ("secret",),
)


class CreateWorkspace(TypedDict):
    """What `Workspace.create` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as workspace_rV7yKdPm."""

    name: str
    """What it is called."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


CREATE_WORKSPACE = Verb(
    WORKSPACE,
    "create",
    "created",
    {"id": Field("id"), "idempotency_key": Field("idempotencyKey"), "name": Field("name")},
    ("name",),
    ("secret",),
)


class DeleteTicket(TypedDict):
    """What `Ticket.delete` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DELETE_TICKET = Verb(
    TICKET,
    "delete",
    "deleted",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class DeleteContact(TypedDict):
    """What `Contact.delete` takes."""

    id: str | Contact
    """The contact."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DELETE_CONTACT = Verb(
    CONTACT,
    "delete",
    "deleted",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class DeleteOrganization(TypedDict):
    """What `Organization.delete` takes."""

    id: str | Organization
    """The organization."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DELETE_ORGANIZATION = Verb(
    ORGANIZATION,
    "delete",
    "deleted",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class DeleteUser(TypedDict):
    """What `User.delete` takes."""

    id: str | User
    """The user."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DELETE_USER = Verb(
    USER,
    "delete",
    "deleted",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class DeleteActivity(TypedDict):
    """What `Activity.delete` takes."""

    id: str | Activity
    """The activity."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DELETE_ACTIVITY = Verb(
    ACTIVITY,
    "delete",
    "deleted",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class DeleteBeforeHook(TypedDict):
    """What `BeforeHook.delete` takes."""

    id: str | BeforeHook
    """The beforehook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DELETE_BEFORE_HOOK = Verb(
    BEFORE_HOOK,
    "delete",
    "deleted",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class DeleteWebhook(TypedDict):
    """What `Webhook.delete` takes."""

    id: str | Webhook
    """The webhook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DELETE_WEBHOOK = Verb(
    WEBHOOK,
    "delete",
    "deleted",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class DisableWebhook(TypedDict):
    """What `Webhook.disable` takes."""

    id: str | Webhook
    """The webhook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    reason: NotRequired[str | None]
    """Why."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


DISABLE_WEBHOOK = Verb(
    WEBHOOK,
    "disable",
    "disabled",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "reason": Field("reason"),
    },
    ("id",),
)


class EnableWebhook(TypedDict):
    """What `Webhook.enable` takes."""

    id: str | Webhook
    """The webhook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


ENABLE_WEBHOOK = Verb(
    WEBHOOK,
    "enable",
    "enabled",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class EscalateTicket(TypedDict):
    """What `Ticket.escalate` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    reason: str
    """Why it needs somebody else."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


ESCALATE_TICKET = Verb(
    TICKET,
    "escalate",
    "escalated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "reason": Field("reason"),
    },
    ("id", "reason"),
)


class HoldTicket(TypedDict):
    """What `Ticket.hold` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    reason: NotRequired[str | None]
    """What it waits for."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


HOLD_TICKET = Verb(
    TICKET,
    "hold",
    "held",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "reason": Field("reason"),
    },
    ("id",),
)


class ImportContact(TypedDict):
    """What `Contact.import` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as contact_rV7yKdPm."""

    name: str
    """The full name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    phone: NotRequired[str | None]
    """The telephone number."""

    organization: NotRequired[str | Organization | None]
    """Where the contact works."""

    created_at: NotRequired[datetime | str | None]
    """When it was created elsewhere; by default now."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


IMPORT_CONTACT = Verb(
    CONTACT,
    "import",
    "imported",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "email": Field("email"),
        "phone": Field("phone"),
        "organization": Field("organization"),
        "created_at": Field("createdAt"),
    },
    ("name",),
)


class ImportOrganization(TypedDict):
    """What `Organization.import` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as organization_rV7yKdPm."""

    name: str
    """The name."""

    domain: NotRequired[str | None]
    """The internet domain, such as acme.com."""

    created_at: NotRequired[datetime | str | None]
    """When it was created elsewhere; by default now."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


IMPORT_ORGANIZATION = Verb(
    ORGANIZATION,
    "import",
    "imported",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "domain": Field("domain"),
        "created_at": Field("createdAt"),
    },
    ("name",),
)


class ImportUser(TypedDict):
    """What `User.import` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as user_rV7yKdPm."""

    name: str
    """The full name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    role: NotRequired[UserRoleWord | None]
    """What the user does."""

    status: NotRequired[UserStatusWord | None]
    """Whether the user takes tickets now."""

    tier: NotRequired[int | None]
    """The support tier, 1 the first line; escalation goes up."""

    capacity: NotRequired[int | None]
    """How many unsolved tickets the user takes at most when the desk assigns; null is no limit."""

    created_at: NotRequired[datetime | str | None]
    """When it was created elsewhere; by default now."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


IMPORT_USER = Verb(
    USER,
    "import",
    "imported",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "email": Field("email"),
        "role": Field("role", words=UserRole),
        "status": Field("status", words=UserStatus),
        "tier": Field("tier"),
        "capacity": Field("capacity"),
        "created_at": Field("createdAt"),
    },
    ("name",),
)


class ImportActivity(TypedDict):
    """What `Activity.import` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as activity_rV7yKdPm."""

    type: str
    """What kind, an open word such as satisfaction_survey."""

    note: NotRequired[str | None]
    """A remark."""

    visibility: NotRequired[VisibilityWord | None]
    """Who sees it; null is the desk alone, as INTERNAL is."""

    data: NotRequired[Any]
    """Anything more, for the programs that need it."""

    contact: NotRequired[str | Contact | None]
    """The contact it is with."""

    ticket: NotRequired[str | Ticket | None]
    """The ticket it is on."""

    organization: NotRequired[str | Organization | None]
    """The organization it is for."""

    created_at: NotRequired[datetime | str | None]
    """When it was created elsewhere; by default now."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


IMPORT_ACTIVITY = Verb(
    ACTIVITY,
    "import",
    "imported",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "type": Field("type"),
        "note": Field("note"),
        "visibility": Field("visibility", words=Visibility),
        "data": Field("data"),
        "contact": Field("contact"),
        "ticket": Field("ticket"),
        "organization": Field("organization"),
        "created_at": Field("createdAt"),
    },
    ("type",),
)


class ImportTicket(TypedDict):
    """What `Ticket.import` takes."""

    id: NotRequired[str | None]
    """An id of your own, such as ticket_rV7yKdPm."""

    subject: str
    """What it is about."""

    description: NotRequired[str | None]
    """The request in full."""

    priority: NotRequired[TicketPriorityWord | None]
    """How urgent it is."""

    channel: NotRequired[ChannelWord | None]
    """How it came in."""

    contact: NotRequired[str | Contact | None]
    """Who raised it: the requester."""

    created_at: NotRequired[datetime | str | None]
    """When it was created elsewhere; by default now."""

    status: NotRequired[TicketStatusWord | None]
    """Where it stands."""

    level: NotRequired[int | None]
    """How often it was escalated."""

    resolution: NotRequired[str | None]
    """What fixed it."""

    agent: NotRequired[str | User | None]
    """The user it is assigned to."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


IMPORT_TICKET = Verb(
    TICKET,
    "import",
    "imported",
    {
        "id": Field("id"),
        "idempotency_key": Field("idempotencyKey"),
        "subject": Field("subject"),
        "description": Field("description"),
        "priority": Field("priority", words=TicketPriority),
        "channel": Field("channel", words=Channel),
        "contact": Field("contact"),
        "created_at": Field("createdAt"),
        "status": Field("status", words=TicketStatus),
        "level": Field("level"),
        "resolution": Field("resolution"),
        "agent": Field("agent"),
    },
    ("subject",),
)


class RecoverWebhook(TypedDict):
    """What `Webhook.recover` takes."""

    id: str | Webhook
    """The webhook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    since: NotRequired[datetime | str | None]
    """Only events that happened then or later."""

    after: NotRequired[int | None]
    """Only events after this position of the log; 0 means all."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


RECOVER_WEBHOOK = Verb(
    WEBHOOK,
    "recover",
    "recovered",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "since": Field("since"),
        "after": Field("after"),
    },
    ("id",),
)


class ReopenTicket(TypedDict):
    """What `Ticket.reopen` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    reason: NotRequired[str | None]
    """Why it is not done."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


REOPEN_TICKET = Verb(
    TICKET,
    "reopen",
    "reopened",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "reason": Field("reason"),
    },
    ("id",),
)


class ResendWebhook(TypedDict):
    """What `Webhook.resend` takes."""

    id: str | Webhook
    """The webhook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    event: str | Event
    """The event."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


RESEND_WEBHOOK = Verb(
    WEBHOOK,
    "resend",
    "resent",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "event": Field("event"),
    },
    ("id", "event"),
)


class ResolveTicket(TypedDict):
    """What `Ticket.resolve` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    resolution: str
    """What fixed it."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


RESOLVE_TICKET = Verb(
    TICKET,
    "resolve",
    "resolved",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "resolution": Field("resolution"),
    },
    ("id", "resolution"),
)


class RevokeApiKey(TypedDict):
    """What `ApiKey.revoke` takes."""

    id: str | ApiKey
    """The apikey."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


REVOKE_API_KEY = Verb(
    API_KEY,
    "revoke",
    "revoked",
    {"id": Field("id"), "expected_version": Field("expectedVersion"), "idempotency_key": Field("idempotencyKey")},
    ("id",),
)


class RotateWebhook(TypedDict):
    """What `Webhook.rotate` takes."""

    id: str | Webhook
    """The webhook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    overlap: NotRequired[int | None]
    """For how many seconds the old secret signs along; 0 ends it at once."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


ROTATE_WEBHOOK = Verb(
    WEBHOOK,
    "rotate",
    "rotated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "overlap": Field("overlap"),
    },
    ("id",),
    ("secret",),
)


class RotateBeforeHook(TypedDict):
    """What `BeforeHook.rotate` takes."""

    id: str | BeforeHook
    """The beforehook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    overlap: NotRequired[int | None]
    """For how many seconds the old secret signs along; 0 ends it at once."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


ROTATE_BEFORE_HOOK = Verb(
    BEFORE_HOOK,
    "rotate",
    "rotated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "overlap": Field("overlap"),
    },
    ("id",),
    ("secret",),
)


class UpdateTicket(TypedDict):
    """What `Ticket.update` takes."""

    id: str | Ticket
    """The ticket."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    subject: NotRequired[str]
    """What it is about."""

    description: NotRequired[str | None]
    """The request in full."""

    priority: NotRequired[TicketPriorityWord]
    """How urgent it is."""

    channel: NotRequired[ChannelWord | None]
    """How it came in."""

    contact: NotRequired[str | Contact | None]
    """Who raised it: the requester."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


UPDATE_TICKET = Verb(
    TICKET,
    "update",
    "updated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "subject": Field("subject"),
        "description": Field("description"),
        "priority": Field("priority", words=TicketPriority),
        "channel": Field("channel", words=Channel),
        "contact": Field("contact"),
    },
    ("id",),
)


class UpdateContact(TypedDict):
    """What `Contact.update` takes."""

    id: str | Contact
    """The contact."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    name: NotRequired[str]
    """The full name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    phone: NotRequired[str | None]
    """The telephone number."""

    organization: NotRequired[str | Organization | None]
    """Where the contact works."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


UPDATE_CONTACT = Verb(
    CONTACT,
    "update",
    "updated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "email": Field("email"),
        "phone": Field("phone"),
        "organization": Field("organization"),
    },
    ("id",),
)


class UpdateOrganization(TypedDict):
    """What `Organization.update` takes."""

    id: str | Organization
    """The organization."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    name: NotRequired[str]
    """The name."""

    domain: NotRequired[str | None]
    """The internet domain, such as acme.com."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


UPDATE_ORGANIZATION = Verb(
    ORGANIZATION,
    "update",
    "updated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "domain": Field("domain"),
    },
    ("id",),
)


class UpdateUser(TypedDict):
    """What `User.update` takes."""

    id: str | User
    """The user."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    name: NotRequired[str]
    """The full name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    role: NotRequired[UserRoleWord]
    """What the user does."""

    status: NotRequired[UserStatusWord]
    """Whether the user takes tickets now."""

    tier: NotRequired[int]
    """The support tier, 1 the first line; escalation goes up."""

    capacity: NotRequired[int | None]
    """How many unsolved tickets the user takes at most when the desk assigns; null is no limit."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


UPDATE_USER = Verb(
    USER,
    "update",
    "updated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "name": Field("name"),
        "email": Field("email"),
        "role": Field("role", words=UserRole),
        "status": Field("status", words=UserStatus),
        "tier": Field("tier"),
        "capacity": Field("capacity"),
    },
    ("id",),
)


class UpdateActivity(TypedDict):
    """What `Activity.update` takes."""

    id: str | Activity
    """The activity."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    type: NotRequired[str]
    """What kind, an open word such as satisfaction_survey."""

    note: NotRequired[str | None]
    """A remark."""

    visibility: NotRequired[VisibilityWord | None]
    """Who sees it; null is the desk alone, as INTERNAL is."""

    data: NotRequired[Any]
    """Anything more, for the programs that need it."""

    contact: NotRequired[str | Contact | None]
    """The contact it is with."""

    ticket: NotRequired[str | Ticket | None]
    """The ticket it is on."""

    organization: NotRequired[str | Organization | None]
    """The organization it is for."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


UPDATE_ACTIVITY = Verb(
    ACTIVITY,
    "update",
    "updated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "type": Field("type"),
        "note": Field("note"),
        "visibility": Field("visibility", words=Visibility),
        "data": Field("data"),
        "contact": Field("contact"),
        "ticket": Field("ticket"),
        "organization": Field("organization"),
    },
    ("id",),
)


class UpdateBeforeHook(TypedDict):
    """What `BeforeHook.update` takes."""

    id: str | BeforeHook
    """The beforehook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    url: NotRequired[str]
    """Where it is asked."""

    verbs: NotRequired[list[str]]
    """The verbs it is asked about: `ticket.create`, `ticket.*`, `*`."""

    description: NotRequired[str | None]
    """What it is for."""

    timeout_ms: NotRequired[int]
    """How many milliseconds it has for its answer; the verb waits so long."""

    failure_policy: NotRequired[FailurePolicyWord]
    """What becomes of the verb if it does not answer."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


UPDATE_BEFORE_HOOK = Verb(
    BEFORE_HOOK,
    "update",
    "updated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "url": Field("url"),
        "verbs": Field("verbs"),
        "description": Field("description"),
        "timeout_ms": Field("timeoutMs"),
        "failure_policy": Field("failurePolicy", words=FailurePolicy),
    },
    ("id",),
)


class UpdateWebhook(TypedDict):
    """What `Webhook.update` takes."""

    id: str | Webhook
    """The webhook."""

    expected_version: NotRequired[int | None]
    """VERSION_CONFLICT if the version is another."""

    url: NotRequired[str]
    """Where the requests go."""

    types: NotRequired[list[str] | None]
    """The event types it takes: `ticket.resolved`, `ticket.*`, `*.created`; null takes all."""

    description: NotRequired[str | None]
    """What it is for."""

    idempotency_key: NotRequired[str | None]
    """Your key for this very change, by default a new one: with it, it is done once, however often it is said."""


UPDATE_WEBHOOK = Verb(
    WEBHOOK,
    "update",
    "updated",
    {
        "id": Field("id"),
        "expected_version": Field("expectedVersion"),
        "idempotency_key": Field("idempotencyKey"),
        "url": Field("url"),
        "types": Field("types"),
        "description": Field("description"),
    },
    ("id",),
)


class CreateTicketWord(BatchedWord[Ticket]):
    """Creates a ticket, open, and perhaps assigns it. Without an agent to be found it is created unassigned. Writes
    the event `ticket.created`.
    """

    async def __call__(self, **given: Unpack[CreateTicket]) -> Ticket:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[CreateTicket], *, atomic: bool = True) -> list[Ticket | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class ImportTicketWord(BatchedWord[Ticket]):
    """Takes over a ticket from elsewhere, in the state it was in. What runs after `create` does not run after this.
    Writes the event `ticket.imported`.
    """

    async def __call__(self, **given: Unpack[ImportTicket]) -> Ticket:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[ImportTicket], *, atomic: bool = True) -> list[Ticket | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class TicketWords(NounWords[Ticket]):
    """A customer's request for help, from the first message to its resolution."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, TICKET)
        self.create = CreateTicketWord(speaker, CREATE_TICKET)
        self.import_ = ImportTicketWord(speaker, IMPORT_TICKET)

    def find(
        self,
        *,
        filter: TicketFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Ticket] | None = None,
        **fields: Unpack[TicketFields],
    ) -> Found[Ticket]:
        """All tickets with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | Ticket | None = None, **fields: Unpack[TicketFields]) -> Ticket | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def assign(self, **given: Unpack[AssignTicket]) -> Ticket:
        """Assigns a ticket to a user: the one named, or else the least busy online support user with capacity left.
        Writes the event `ticket.assigned`. Allowed from OPEN, PENDING, ESCALATED, RESOLVED.
        """
        return await self._do(ASSIGN_TICKET, given)

    async def close(self, **given: Unpack[CloseTicket]) -> Ticket:
        """Closes a ticket for good. Writes the event `ticket.closed`. Allowed from OPEN, RESOLVED; leads to CLOSED."""
        return await self._do(CLOSE_TICKET, given)

    async def delete(self, **given: Unpack[DeleteTicket]) -> Ticket:
        """Deletes a ticket. Its events stay in the log. Writes the event `ticket.deleted`."""
        return await self._do(DELETE_TICKET, given)

    async def escalate(self, **given: Unpack[EscalateTicket]) -> Ticket:
        """Escalates a ticket to the least busy online user of a higher tier; with none there, it is left unassigned.
        Writes the event `ticket.escalated`. Allowed from OPEN, PENDING, ESCALATED; leads to ESCALATED.
        """
        return await self._do(ESCALATE_TICKET, given)

    async def hold(self, **given: Unpack[HoldTicket]) -> Ticket:
        """Puts a ticket on hold while it waits for someone else. Writes the event `ticket.held`. Allowed from OPEN,
        ESCALATED; leads to PENDING.
        """
        return await self._do(HOLD_TICKET, given)

    async def reopen(self, **given: Unpack[ReopenTicket]) -> Ticket:
        """Opens a ticket again; its resolution is cleared. Writes the event `ticket.reopened`. Allowed from PENDING,
        RESOLVED, CLOSED; leads to OPEN.
        """
        return await self._do(REOPEN_TICKET, given)

    async def resolve(self, **given: Unpack[ResolveTicket]) -> Ticket:
        """Resolves a ticket and records the fix. Writes the event `ticket.resolved`. Allowed from OPEN, PENDING,
        ESCALATED; leads to RESOLVED.
        """
        return await self._do(RESOLVE_TICKET, given)

    async def update(self, **given: Unpack[UpdateTicket]) -> Ticket:
        """Changes a ticket's own fields; its state is moved by the other verbs. Writes the event `ticket.updated`.
        Allowed from OPEN, PENDING, ESCALATED, RESOLVED.
        """
        return await self._do(UPDATE_TICKET, given)

    @property
    def assigned(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `assign` attach: they run for each `ticket.assigned`."""
        return self._after(ASSIGN_TICKET)

    @property
    def closed(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `close` attach: they run for each `ticket.closed`."""
        return self._after(CLOSE_TICKET)

    @property
    def created(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `create` attach: they run for each `ticket.created`."""
        return self._after(CREATE_TICKET)

    @property
    def deleted(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `delete` attach: they run for each `ticket.deleted`."""
        return self._after(DELETE_TICKET)

    @property
    def escalated(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `escalate` attach: they run for each `ticket.escalated`."""
        return self._after(ESCALATE_TICKET)

    @property
    def held(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `hold` attach: they run for each `ticket.held`."""
        return self._after(HOLD_TICKET)

    @property
    def imported(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `import` attach: they run for each `ticket.imported`."""
        return self._after(IMPORT_TICKET)

    @property
    def reopened(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `reopen` attach: they run for each `ticket.reopened`."""
        return self._after(REOPEN_TICKET)

    @property
    def resolved(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `resolve` attach: they run for each `ticket.resolved`."""
        return self._after(RESOLVE_TICKET)

    @property
    def updated(self) -> HookPoint[Ticket, Context]:
        """Where after-hooks of `update` attach: they run for each `ticket.updated`."""
        return self._after(UPDATE_TICKET)


class CreateContactWord(BatchedWord[Contact]):
    """Creates a contact. Writes the event `contact.created`."""

    async def __call__(self, **given: Unpack[CreateContact]) -> Contact:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[CreateContact], *, atomic: bool = True) -> list[Contact | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class ImportContactWord(BatchedWord[Contact]):
    """Takes over a contact from elsewhere. What runs after `create` does not run after this. Writes the event
    `contact.imported`.
    """

    async def __call__(self, **given: Unpack[ImportContact]) -> Contact:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[ImportContact], *, atomic: bool = True) -> list[Contact | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class ContactWords(NounWords[Contact]):
    """A customer's person: who raises tickets."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, CONTACT)
        self.create = CreateContactWord(speaker, CREATE_CONTACT)
        self.import_ = ImportContactWord(speaker, IMPORT_CONTACT)

    def find(
        self,
        *,
        filter: ContactFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Contact] | None = None,
        **fields: Unpack[ContactFields],
    ) -> Found[Contact]:
        """All contacts with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | Contact | None = None, **fields: Unpack[ContactFields]) -> Contact | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def delete(self, **given: Unpack[DeleteContact]) -> Contact:
        """Deletes a contact. Its tickets stay. Writes the event `contact.deleted`."""
        return await self._do(DELETE_CONTACT, given)

    async def update(self, **given: Unpack[UpdateContact]) -> Contact:
        """Changes a contact; its tickets follow it to another organization. Writes the event `contact.updated`."""
        return await self._do(UPDATE_CONTACT, given)

    @property
    def created(self) -> HookPoint[Contact, Context]:
        """Where after-hooks of `create` attach: they run for each `contact.created`."""
        return self._after(CREATE_CONTACT)

    @property
    def deleted(self) -> HookPoint[Contact, Context]:
        """Where after-hooks of `delete` attach: they run for each `contact.deleted`."""
        return self._after(DELETE_CONTACT)

    @property
    def imported(self) -> HookPoint[Contact, Context]:
        """Where after-hooks of `import` attach: they run for each `contact.imported`."""
        return self._after(IMPORT_CONTACT)

    @property
    def updated(self) -> HookPoint[Contact, Context]:
        """Where after-hooks of `update` attach: they run for each `contact.updated`."""
        return self._after(UPDATE_CONTACT)


class CreateOrganizationWord(BatchedWord[Organization]):
    """Creates an organization. Writes the event `organization.created`."""

    async def __call__(self, **given: Unpack[CreateOrganization]) -> Organization:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[CreateOrganization], *, atomic: bool = True) -> list[Organization | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class ImportOrganizationWord(BatchedWord[Organization]):
    """Takes over an organization from elsewhere. What runs after `create` does not run after this. Writes the event
    `organization.imported`.
    """

    async def __call__(self, **given: Unpack[ImportOrganization]) -> Organization:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[ImportOrganization], *, atomic: bool = True) -> list[Organization | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class OrganizationWords(NounWords[Organization]):
    """A customer's company, where contacts work."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, ORGANIZATION)
        self.create = CreateOrganizationWord(speaker, CREATE_ORGANIZATION)
        self.import_ = ImportOrganizationWord(speaker, IMPORT_ORGANIZATION)

    def find(
        self,
        *,
        filter: OrganizationFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Organization] | None = None,
        **fields: Unpack[OrganizationFields],
    ) -> Found[Organization]:
        """All organizations with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(
        self, id: str | Organization | None = None, **fields: Unpack[OrganizationFields]
    ) -> Organization | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def delete(self, **given: Unpack[DeleteOrganization]) -> Organization:
        """Deletes an organization. Its contacts and tickets stay. Writes the event `organization.deleted`."""
        return await self._do(DELETE_ORGANIZATION, given)

    async def update(self, **given: Unpack[UpdateOrganization]) -> Organization:
        """Changes an organization. Writes the event `organization.updated`."""
        return await self._do(UPDATE_ORGANIZATION, given)

    @property
    def created(self) -> HookPoint[Organization, Context]:
        """Where after-hooks of `create` attach: they run for each `organization.created`."""
        return self._after(CREATE_ORGANIZATION)

    @property
    def deleted(self) -> HookPoint[Organization, Context]:
        """Where after-hooks of `delete` attach: they run for each `organization.deleted`."""
        return self._after(DELETE_ORGANIZATION)

    @property
    def imported(self) -> HookPoint[Organization, Context]:
        """Where after-hooks of `import` attach: they run for each `organization.imported`."""
        return self._after(IMPORT_ORGANIZATION)

    @property
    def updated(self) -> HookPoint[Organization, Context]:
        """Where after-hooks of `update` attach: they run for each `organization.updated`."""
        return self._after(UPDATE_ORGANIZATION)


class CreateUserWord(BatchedWord[User]):
    """Creates a user of the support team. Writes the event `user.created`."""

    async def __call__(self, **given: Unpack[CreateUser]) -> User:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[CreateUser], *, atomic: bool = True) -> list[User | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class ImportUserWord(BatchedWord[User]):
    """Takes over a user from elsewhere. What runs after `create` does not run after this. Writes the event
    `user.imported`.
    """

    async def __call__(self, **given: Unpack[ImportUser]) -> User:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[ImportUser], *, atomic: bool = True) -> list[User | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class UserWords(NounWords[User]):
    """Somebody of the support team."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, USER)
        self.create = CreateUserWord(speaker, CREATE_USER)
        self.import_ = ImportUserWord(speaker, IMPORT_USER)

    def find(
        self,
        *,
        filter: UserFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | User] | None = None,
        **fields: Unpack[UserFields],
    ) -> Found[User]:
        """All users with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | User | None = None, **fields: Unpack[UserFields]) -> User | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def delete(self, **given: Unpack[DeleteUser]) -> User:
        """Deletes a user. The tickets assigned to it stay, unassigned to whoever looks. Writes the event
        `user.deleted`.
        """
        return await self._do(DELETE_USER, given)

    async def update(self, **given: Unpack[UpdateUser]) -> User:
        """Changes a user: `status` says whether tickets may come. Writes the event `user.updated`."""
        return await self._do(UPDATE_USER, given)

    @property
    def created(self) -> HookPoint[User, Context]:
        """Where after-hooks of `create` attach: they run for each `user.created`."""
        return self._after(CREATE_USER)

    @property
    def deleted(self) -> HookPoint[User, Context]:
        """Where after-hooks of `delete` attach: they run for each `user.deleted`."""
        return self._after(DELETE_USER)

    @property
    def imported(self) -> HookPoint[User, Context]:
        """Where after-hooks of `import` attach: they run for each `user.imported`."""
        return self._after(IMPORT_USER)

    @property
    def updated(self) -> HookPoint[User, Context]:
        """Where after-hooks of `update` attach: they run for each `user.updated`."""
        return self._after(UPDATE_USER)


class CreateActivityWord(BatchedWord[Activity]):
    """Creates an activity with a contact, on a ticket, for an organization. Writes the event `activity.created`."""

    async def __call__(self, **given: Unpack[CreateActivity]) -> Activity:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[CreateActivity], *, atomic: bool = True) -> list[Activity | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class ImportActivityWord(BatchedWord[Activity]):
    """Takes over an activity from elsewhere. What runs after `create` does not run after this. Writes the event
    `activity.imported`.
    """

    async def __call__(self, **given: Unpack[ImportActivity]) -> Activity:
        """Do it; the noun as it is then."""
        return await self._one(given)

    async def many(self, items: Sequence[ImportActivity], *, atomic: bool = True) -> list[Activity | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return await self._many(items, atomic=atomic)


class ActivityWords(NounWords[Activity]):
    """Something done or to be done about a customer: a satisfaction survey, a health check, a note."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, ACTIVITY)
        self.create = CreateActivityWord(speaker, CREATE_ACTIVITY)
        self.import_ = ImportActivityWord(speaker, IMPORT_ACTIVITY)

    def find(
        self,
        *,
        filter: ActivityFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Activity] | None = None,
        **fields: Unpack[ActivityFields],
    ) -> Found[Activity]:
        """All activities with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | Activity | None = None, **fields: Unpack[ActivityFields]) -> Activity | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def delete(self, **given: Unpack[DeleteActivity]) -> Activity:
        """Deletes an activity. Writes the event `activity.deleted`."""
        return await self._do(DELETE_ACTIVITY, given)

    async def update(self, **given: Unpack[UpdateActivity]) -> Activity:
        """Changes an activity. Writes the event `activity.updated`."""
        return await self._do(UPDATE_ACTIVITY, given)

    @property
    def created(self) -> HookPoint[Activity, Context]:
        """Where after-hooks of `create` attach: they run for each `activity.created`."""
        return self._after(CREATE_ACTIVITY)

    @property
    def deleted(self) -> HookPoint[Activity, Context]:
        """Where after-hooks of `delete` attach: they run for each `activity.deleted`."""
        return self._after(DELETE_ACTIVITY)

    @property
    def imported(self) -> HookPoint[Activity, Context]:
        """Where after-hooks of `import` attach: they run for each `activity.imported`."""
        return self._after(IMPORT_ACTIVITY)

    @property
    def updated(self) -> HookPoint[Activity, Context]:
        """Where after-hooks of `update` attach: they run for each `activity.updated`."""
        return self._after(UPDATE_ACTIVITY)


class EventWords(NounWords[Event]):
    """One verb done to one noun, written in the verb's own transaction."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, EVENT)

    def find(
        self,
        *,
        filter: EventFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Event] | None = None,
        **fields: Unpack[EventFields],
    ) -> Found[Event]:
        """All events with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | Event | None = None, **fields: Unpack[EventFields]) -> Event | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)


class WebhookWords(NounWords[Webhook]):
    """An address to which events are sent, each as a signed HTTP request."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, WEBHOOK)

    def find(
        self,
        *,
        filter: WebhookFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Webhook] | None = None,
        **fields: Unpack[WebhookFields],
    ) -> Found[Webhook]:
        """All webhooks with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | Webhook | None = None, **fields: Unpack[WebhookFields]) -> Webhook | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def create(self, **given: Unpack[CreateWebhook]) -> Webhook:
        """Creates a webhook, enabled, for what happens from now on. The answer has its secret, this once. Writes the
        event `webhook.created`.
        """
        return await self._do(CREATE_WEBHOOK, given)

    async def delete(self, **given: Unpack[DeleteWebhook]) -> Webhook:
        """Deletes a webhook with its secret, its attempts and what was still to be sent. Writes the event
        `webhook.deleted`.
        """
        return await self._do(DELETE_WEBHOOK, given)

    async def disable(self, **given: Unpack[DisableWebhook]) -> Webhook:
        """Disables a webhook: nothing is sent until it is enabled again, and nothing that was to be sent is lost.
        Writes the event `webhook.disabled`. Allowed from ENABLED; leads to DISABLED.
        """
        return await self._do(DISABLE_WEBHOOK, given)

    async def enable(self, **given: Unpack[EnableWebhook]) -> Webhook:
        """Enables a webhook. It goes on where it was: what came meanwhile is sent now. Writes the event
        `webhook.enabled`. Allowed from DISABLED; leads to ENABLED.
        """
        return await self._do(ENABLE_WEBHOOK, given)

    async def recover(self, **given: Unpack[RecoverWebhook]) -> Webhook:
        """Sends again what could not be sent: events that were given up start anew, those that wait are sent at once.
        Writes the event `webhook.recovered`. Allowed from ENABLED.
        """
        return await self._do(RECOVER_WEBHOOK, given)

    async def resend(self, **given: Unpack[ResendWebhook]) -> Webhook:
        """Sends one event to a webhook now, whether it was sent before or not, and whatever types the webhook takes.
        Writes the event `webhook.resent`. Allowed from ENABLED.
        """
        return await self._do(RESEND_WEBHOOK, given)

    async def rotate(self, **given: Unpack[RotateWebhook]) -> Webhook:
        """Gives a webhook a new secret, which the answer has this once. The old one signs along for the overlap.
        Writes the event `webhook.rotated`.
        """
        return await self._do(ROTATE_WEBHOOK, given)

    async def update(self, **given: Unpack[UpdateWebhook]) -> Webhook:
        """Changes where a webhook's requests go, what it takes or what is said about it. Writes the event
        `webhook.updated`.
        """
        return await self._do(UPDATE_WEBHOOK, given)

    @property
    def created(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `create` attach: they run for each `webhook.created`."""
        return self._after(CREATE_WEBHOOK)

    @property
    def deleted(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `delete` attach: they run for each `webhook.deleted`."""
        return self._after(DELETE_WEBHOOK)

    @property
    def disabled(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `disable` attach: they run for each `webhook.disabled`."""
        return self._after(DISABLE_WEBHOOK)

    @property
    def enabled(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `enable` attach: they run for each `webhook.enabled`."""
        return self._after(ENABLE_WEBHOOK)

    @property
    def recovered(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `recover` attach: they run for each `webhook.recovered`."""
        return self._after(RECOVER_WEBHOOK)

    @property
    def resent(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `resend` attach: they run for each `webhook.resent`."""
        return self._after(RESEND_WEBHOOK)

    @property
    def rotated(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `rotate` attach: they run for each `webhook.rotated`."""
        return self._after(ROTATE_WEBHOOK)

    @property
    def updated(self) -> HookPoint[Webhook, Context]:
        """Where after-hooks of `update` attach: they run for each `webhook.updated`."""
        return self._after(UPDATE_WEBHOOK)


class WebhookAttemptWords(NounWords[WebhookAttempt]):
    """One request of a webhook: one try to send it one event."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, WEBHOOK_ATTEMPT)

    def find(
        self,
        *,
        filter: WebhookAttemptFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | WebhookAttempt] | None = None,
        **fields: Unpack[WebhookAttemptFields],
    ) -> Found[WebhookAttempt]:
        """All attempts with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(
        self, id: str | WebhookAttempt | None = None, **fields: Unpack[WebhookAttemptFields]
    ) -> WebhookAttempt | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)


class BeforeHookWords(NounWords[BeforeHook]):
    """An address that is asked before a verb is done, by a signed HTTP request: it may change the input, or refuse."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, BEFORE_HOOK)

    def find(
        self,
        *,
        filter: BeforeHookFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | BeforeHook] | None = None,
        **fields: Unpack[BeforeHookFields],
    ) -> Found[BeforeHook]:
        """All beforehooks with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | BeforeHook | None = None, **fields: Unpack[BeforeHookFields]) -> BeforeHook | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def create(self, **given: Unpack[CreateBeforeHook]) -> BeforeHook:
        """Creates a before-hook: from now on it is asked before these verbs. The answer has its secret, this once.
        Writes the event `beforehook.created`.
        """
        return await self._do(CREATE_BEFORE_HOOK, given)

    async def delete(self, **given: Unpack[DeleteBeforeHook]) -> BeforeHook:
        """Deletes a before-hook with its secret: it is asked no more. Writes the event `beforehook.deleted`."""
        return await self._do(DELETE_BEFORE_HOOK, given)

    async def rotate(self, **given: Unpack[RotateBeforeHook]) -> BeforeHook:
        """Gives a before-hook a new secret, which the answer has this once. The old one signs along for the overlap.
        Writes the event `beforehook.rotated`.
        """
        return await self._do(ROTATE_BEFORE_HOOK, given)

    async def update(self, **given: Unpack[UpdateBeforeHook]) -> BeforeHook:
        """Changes where a before-hook is asked, about which verbs, how long it has, or what follows if it is silent.
        Writes the event `beforehook.updated`.
        """
        return await self._do(UPDATE_BEFORE_HOOK, given)

    @property
    def created(self) -> HookPoint[BeforeHook, Context]:
        """Where after-hooks of `create` attach: they run for each `beforehook.created`."""
        return self._after(CREATE_BEFORE_HOOK)

    @property
    def deleted(self) -> HookPoint[BeforeHook, Context]:
        """Where after-hooks of `delete` attach: they run for each `beforehook.deleted`."""
        return self._after(DELETE_BEFORE_HOOK)

    @property
    def rotated(self) -> HookPoint[BeforeHook, Context]:
        """Where after-hooks of `rotate` attach: they run for each `beforehook.rotated`."""
        return self._after(ROTATE_BEFORE_HOOK)

    @property
    def updated(self) -> HookPoint[BeforeHook, Context]:
        """Where after-hooks of `update` attach: they run for each `beforehook.updated`."""
        return self._after(UPDATE_BEFORE_HOOK)


class ApiKeyWords(NounWords[ApiKey]):
    """A key to the workspace, `dg_...`, for one role. Its text is shown once; the graph has only a hash of it."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, API_KEY)

    def find(
        self,
        *,
        filter: ApiKeyFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | ApiKey] | None = None,
        **fields: Unpack[ApiKeyFields],
    ) -> Found[ApiKey]:
        """All apikeys with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | ApiKey | None = None, **fields: Unpack[ApiKeyFields]) -> ApiKey | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def create(self, **given: Unpack[CreateApiKey]) -> ApiKey:
        """Creates a key for a role. The answer has its text, this once. Writes the event `apikey.created`."""
        return await self._do(CREATE_API_KEY, given)

    async def revoke(self, **given: Unpack[RevokeApiKey]) -> ApiKey:
        """Revokes a key for good: requests with it are refused from now on, and its open streams are closed. Writes
        the event `apikey.revoked`. Allowed from ACTIVE; leads to REVOKED.
        """
        return await self._do(REVOKE_API_KEY, given)

    @property
    def created(self) -> HookPoint[ApiKey, Context]:
        """Where after-hooks of `create` attach: they run for each `apikey.created`."""
        return self._after(CREATE_API_KEY)

    @property
    def revoked(self) -> HookPoint[ApiKey, Context]:
        """Where after-hooks of `revoke` attach: they run for each `apikey.revoked`."""
        return self._after(REVOKE_API_KEY)


class WorkspaceWords(NounWords[Workspace]):
    """A desk of its own beside this one, which sees nothing of it: its tickets, people, log, hooks and keys. Only the
    operator, who has the key that the server was started with, sees workspaces and makes them.
    """

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, WORKSPACE)

    def find(
        self,
        *,
        filter: WorkspaceFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Workspace] | None = None,
        **fields: Unpack[WorkspaceFields],
    ) -> Found[Workspace]:
        """All workspaces with these values, or one of several values."""
        return self._find(filter, order_by, limit, id, fields)

    async def get(self, id: str | Workspace | None = None, **fields: Unpack[WorkspaceFields]) -> Workspace | None:
        """The one of that id, or the first with these values; None where there is none."""
        return await self._get(id, fields)

    async def create(self, **given: Unpack[CreateWorkspace]) -> Workspace:
        """Creates a workspace, empty but for a key with the role ADMIN. The answer has the key's text, this once.
        Writes the event `workspace.created`.
        """
        return await self._do(CREATE_WORKSPACE, given)

    @property
    def created(self) -> HookPoint[Workspace, Context]:
        """Where after-hooks of `create` attach: they run for each `workspace.created`."""
        return self._after(CREATE_WORKSPACE)


class Nouns:
    """The words of all nouns."""

    def __init__(self, speaker: Speaker) -> None:
        self.Ticket = TicketWords(speaker)
        self.Contact = ContactWords(speaker)
        self.Organization = OrganizationWords(speaker)
        self.User = UserWords(speaker)
        self.Activity = ActivityWords(speaker)
        self.Event = EventWords(speaker)
        self.Webhook = WebhookWords(speaker)
        self.WebhookAttempt = WebhookAttemptWords(speaker)
        self.BeforeHook = BeforeHookWords(speaker)
        self.ApiKey = ApiKeyWords(speaker)
        self.Workspace = WorkspaceWords(speaker)


class SyncCreateTicketWord(SyncBatchedWord[CreateTicketWord]):
    """Creates a ticket, open, and perhaps assigns it. Without an agent to be found it is created unassigned. Writes
    the event `ticket.created`.
    """

    def __call__(self, **given: Unpack[CreateTicket]) -> Ticket:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[CreateTicket], *, atomic: bool = True) -> list[Ticket | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncImportTicketWord(SyncBatchedWord[ImportTicketWord]):
    """Takes over a ticket from elsewhere, in the state it was in. What runs after `create` does not run after this.
    Writes the event `ticket.imported`.
    """

    def __call__(self, **given: Unpack[ImportTicket]) -> Ticket:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[ImportTicket], *, atomic: bool = True) -> list[Ticket | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncTicketWords(SyncNounWords[Ticket]):
    """A customer's request for help, from the first message to its resolution."""

    def __init__(self, words: TicketWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words
        self.create = SyncCreateTicketWord(words.create, background)
        self.import_ = SyncImportTicketWord(words.import_, background)

    def find(
        self,
        *,
        filter: TicketFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Ticket] | None = None,
        **fields: Unpack[TicketFields],
    ) -> Rows[Ticket]:
        """All tickets with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | Ticket | None = None, **fields: Unpack[TicketFields]) -> Ticket | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def assign(self, **given: Unpack[AssignTicket]) -> Ticket:
        """Assigns a ticket to a user: the one named, or else the least busy online support user with capacity left.
        Writes the event `ticket.assigned`. Allowed from OPEN, PENDING, ESCALATED, RESOLVED.
        """
        return self._background.run(self._words.assign(**given))

    def close(self, **given: Unpack[CloseTicket]) -> Ticket:
        """Closes a ticket for good. Writes the event `ticket.closed`. Allowed from OPEN, RESOLVED; leads to CLOSED."""
        return self._background.run(self._words.close(**given))

    def delete(self, **given: Unpack[DeleteTicket]) -> Ticket:
        """Deletes a ticket. Its events stay in the log. Writes the event `ticket.deleted`."""
        return self._background.run(self._words.delete(**given))

    def escalate(self, **given: Unpack[EscalateTicket]) -> Ticket:
        """Escalates a ticket to the least busy online user of a higher tier; with none there, it is left unassigned.
        Writes the event `ticket.escalated`. Allowed from OPEN, PENDING, ESCALATED; leads to ESCALATED.
        """
        return self._background.run(self._words.escalate(**given))

    def hold(self, **given: Unpack[HoldTicket]) -> Ticket:
        """Puts a ticket on hold while it waits for someone else. Writes the event `ticket.held`. Allowed from OPEN,
        ESCALATED; leads to PENDING.
        """
        return self._background.run(self._words.hold(**given))

    def reopen(self, **given: Unpack[ReopenTicket]) -> Ticket:
        """Opens a ticket again; its resolution is cleared. Writes the event `ticket.reopened`. Allowed from PENDING,
        RESOLVED, CLOSED; leads to OPEN.
        """
        return self._background.run(self._words.reopen(**given))

    def resolve(self, **given: Unpack[ResolveTicket]) -> Ticket:
        """Resolves a ticket and records the fix. Writes the event `ticket.resolved`. Allowed from OPEN, PENDING,
        ESCALATED; leads to RESOLVED.
        """
        return self._background.run(self._words.resolve(**given))

    def update(self, **given: Unpack[UpdateTicket]) -> Ticket:
        """Changes a ticket's own fields; its state is moved by the other verbs. Writes the event `ticket.updated`.
        Allowed from OPEN, PENDING, ESCALATED, RESOLVED.
        """
        return self._background.run(self._words.update(**given))

    @property
    def assigned(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `assign` attach: they run for each `ticket.assigned`."""
        return self._after(ASSIGN_TICKET)

    @property
    def closed(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `close` attach: they run for each `ticket.closed`."""
        return self._after(CLOSE_TICKET)

    @property
    def created(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `ticket.created`."""
        return self._after(CREATE_TICKET)

    @property
    def deleted(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `delete` attach: they run for each `ticket.deleted`."""
        return self._after(DELETE_TICKET)

    @property
    def escalated(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `escalate` attach: they run for each `ticket.escalated`."""
        return self._after(ESCALATE_TICKET)

    @property
    def held(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `hold` attach: they run for each `ticket.held`."""
        return self._after(HOLD_TICKET)

    @property
    def imported(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `import` attach: they run for each `ticket.imported`."""
        return self._after(IMPORT_TICKET)

    @property
    def reopened(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `reopen` attach: they run for each `ticket.reopened`."""
        return self._after(REOPEN_TICKET)

    @property
    def resolved(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `resolve` attach: they run for each `ticket.resolved`."""
        return self._after(RESOLVE_TICKET)

    @property
    def updated(self) -> HookPoint[Ticket, SyncContext]:
        """Where after-hooks of `update` attach: they run for each `ticket.updated`."""
        return self._after(UPDATE_TICKET)


class SyncCreateContactWord(SyncBatchedWord[CreateContactWord]):
    """Creates a contact. Writes the event `contact.created`."""

    def __call__(self, **given: Unpack[CreateContact]) -> Contact:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[CreateContact], *, atomic: bool = True) -> list[Contact | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncImportContactWord(SyncBatchedWord[ImportContactWord]):
    """Takes over a contact from elsewhere. What runs after `create` does not run after this. Writes the event
    `contact.imported`.
    """

    def __call__(self, **given: Unpack[ImportContact]) -> Contact:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[ImportContact], *, atomic: bool = True) -> list[Contact | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncContactWords(SyncNounWords[Contact]):
    """A customer's person: who raises tickets."""

    def __init__(self, words: ContactWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words
        self.create = SyncCreateContactWord(words.create, background)
        self.import_ = SyncImportContactWord(words.import_, background)

    def find(
        self,
        *,
        filter: ContactFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Contact] | None = None,
        **fields: Unpack[ContactFields],
    ) -> Rows[Contact]:
        """All contacts with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | Contact | None = None, **fields: Unpack[ContactFields]) -> Contact | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def delete(self, **given: Unpack[DeleteContact]) -> Contact:
        """Deletes a contact. Its tickets stay. Writes the event `contact.deleted`."""
        return self._background.run(self._words.delete(**given))

    def update(self, **given: Unpack[UpdateContact]) -> Contact:
        """Changes a contact; its tickets follow it to another organization. Writes the event `contact.updated`."""
        return self._background.run(self._words.update(**given))

    @property
    def created(self) -> HookPoint[Contact, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `contact.created`."""
        return self._after(CREATE_CONTACT)

    @property
    def deleted(self) -> HookPoint[Contact, SyncContext]:
        """Where after-hooks of `delete` attach: they run for each `contact.deleted`."""
        return self._after(DELETE_CONTACT)

    @property
    def imported(self) -> HookPoint[Contact, SyncContext]:
        """Where after-hooks of `import` attach: they run for each `contact.imported`."""
        return self._after(IMPORT_CONTACT)

    @property
    def updated(self) -> HookPoint[Contact, SyncContext]:
        """Where after-hooks of `update` attach: they run for each `contact.updated`."""
        return self._after(UPDATE_CONTACT)


class SyncCreateOrganizationWord(SyncBatchedWord[CreateOrganizationWord]):
    """Creates an organization. Writes the event `organization.created`."""

    def __call__(self, **given: Unpack[CreateOrganization]) -> Organization:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[CreateOrganization], *, atomic: bool = True) -> list[Organization | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncImportOrganizationWord(SyncBatchedWord[ImportOrganizationWord]):
    """Takes over an organization from elsewhere. What runs after `create` does not run after this. Writes the event
    `organization.imported`.
    """

    def __call__(self, **given: Unpack[ImportOrganization]) -> Organization:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[ImportOrganization], *, atomic: bool = True) -> list[Organization | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncOrganizationWords(SyncNounWords[Organization]):
    """A customer's company, where contacts work."""

    def __init__(self, words: OrganizationWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words
        self.create = SyncCreateOrganizationWord(words.create, background)
        self.import_ = SyncImportOrganizationWord(words.import_, background)

    def find(
        self,
        *,
        filter: OrganizationFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Organization] | None = None,
        **fields: Unpack[OrganizationFields],
    ) -> Rows[Organization]:
        """All organizations with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | Organization | None = None, **fields: Unpack[OrganizationFields]) -> Organization | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def delete(self, **given: Unpack[DeleteOrganization]) -> Organization:
        """Deletes an organization. Its contacts and tickets stay. Writes the event `organization.deleted`."""
        return self._background.run(self._words.delete(**given))

    def update(self, **given: Unpack[UpdateOrganization]) -> Organization:
        """Changes an organization. Writes the event `organization.updated`."""
        return self._background.run(self._words.update(**given))

    @property
    def created(self) -> HookPoint[Organization, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `organization.created`."""
        return self._after(CREATE_ORGANIZATION)

    @property
    def deleted(self) -> HookPoint[Organization, SyncContext]:
        """Where after-hooks of `delete` attach: they run for each `organization.deleted`."""
        return self._after(DELETE_ORGANIZATION)

    @property
    def imported(self) -> HookPoint[Organization, SyncContext]:
        """Where after-hooks of `import` attach: they run for each `organization.imported`."""
        return self._after(IMPORT_ORGANIZATION)

    @property
    def updated(self) -> HookPoint[Organization, SyncContext]:
        """Where after-hooks of `update` attach: they run for each `organization.updated`."""
        return self._after(UPDATE_ORGANIZATION)


class SyncCreateUserWord(SyncBatchedWord[CreateUserWord]):
    """Creates a user of the support team. Writes the event `user.created`."""

    def __call__(self, **given: Unpack[CreateUser]) -> User:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[CreateUser], *, atomic: bool = True) -> list[User | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncImportUserWord(SyncBatchedWord[ImportUserWord]):
    """Takes over a user from elsewhere. What runs after `create` does not run after this. Writes the event
    `user.imported`.
    """

    def __call__(self, **given: Unpack[ImportUser]) -> User:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[ImportUser], *, atomic: bool = True) -> list[User | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncUserWords(SyncNounWords[User]):
    """Somebody of the support team."""

    def __init__(self, words: UserWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words
        self.create = SyncCreateUserWord(words.create, background)
        self.import_ = SyncImportUserWord(words.import_, background)

    def find(
        self,
        *,
        filter: UserFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | User] | None = None,
        **fields: Unpack[UserFields],
    ) -> Rows[User]:
        """All users with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | User | None = None, **fields: Unpack[UserFields]) -> User | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def delete(self, **given: Unpack[DeleteUser]) -> User:
        """Deletes a user. The tickets assigned to it stay, unassigned to whoever looks. Writes the event
        `user.deleted`.
        """
        return self._background.run(self._words.delete(**given))

    def update(self, **given: Unpack[UpdateUser]) -> User:
        """Changes a user: `status` says whether tickets may come. Writes the event `user.updated`."""
        return self._background.run(self._words.update(**given))

    @property
    def created(self) -> HookPoint[User, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `user.created`."""
        return self._after(CREATE_USER)

    @property
    def deleted(self) -> HookPoint[User, SyncContext]:
        """Where after-hooks of `delete` attach: they run for each `user.deleted`."""
        return self._after(DELETE_USER)

    @property
    def imported(self) -> HookPoint[User, SyncContext]:
        """Where after-hooks of `import` attach: they run for each `user.imported`."""
        return self._after(IMPORT_USER)

    @property
    def updated(self) -> HookPoint[User, SyncContext]:
        """Where after-hooks of `update` attach: they run for each `user.updated`."""
        return self._after(UPDATE_USER)


class SyncCreateActivityWord(SyncBatchedWord[CreateActivityWord]):
    """Creates an activity with a contact, on a ticket, for an organization. Writes the event `activity.created`."""

    def __call__(self, **given: Unpack[CreateActivity]) -> Activity:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[CreateActivity], *, atomic: bool = True) -> list[Activity | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncImportActivityWord(SyncBatchedWord[ImportActivityWord]):
    """Takes over an activity from elsewhere. What runs after `create` does not run after this. Writes the event
    `activity.imported`.
    """

    def __call__(self, **given: Unpack[ImportActivity]) -> Activity:
        """Do it; the noun as it is then."""
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[ImportActivity], *, atomic: bool = True) -> list[Activity | DeskError]:
        """Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised,
        and nothing was done; otherwise each item counts for itself, and an error is in its noun's place.
        """
        return self._background.run(self._word.many(items, atomic=atomic))


class SyncActivityWords(SyncNounWords[Activity]):
    """Something done or to be done about a customer: a satisfaction survey, a health check, a note."""

    def __init__(self, words: ActivityWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words
        self.create = SyncCreateActivityWord(words.create, background)
        self.import_ = SyncImportActivityWord(words.import_, background)

    def find(
        self,
        *,
        filter: ActivityFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Activity] | None = None,
        **fields: Unpack[ActivityFields],
    ) -> Rows[Activity]:
        """All activities with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | Activity | None = None, **fields: Unpack[ActivityFields]) -> Activity | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def delete(self, **given: Unpack[DeleteActivity]) -> Activity:
        """Deletes an activity. Writes the event `activity.deleted`."""
        return self._background.run(self._words.delete(**given))

    def update(self, **given: Unpack[UpdateActivity]) -> Activity:
        """Changes an activity. Writes the event `activity.updated`."""
        return self._background.run(self._words.update(**given))

    @property
    def created(self) -> HookPoint[Activity, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `activity.created`."""
        return self._after(CREATE_ACTIVITY)

    @property
    def deleted(self) -> HookPoint[Activity, SyncContext]:
        """Where after-hooks of `delete` attach: they run for each `activity.deleted`."""
        return self._after(DELETE_ACTIVITY)

    @property
    def imported(self) -> HookPoint[Activity, SyncContext]:
        """Where after-hooks of `import` attach: they run for each `activity.imported`."""
        return self._after(IMPORT_ACTIVITY)

    @property
    def updated(self) -> HookPoint[Activity, SyncContext]:
        """Where after-hooks of `update` attach: they run for each `activity.updated`."""
        return self._after(UPDATE_ACTIVITY)


class SyncEventWords(SyncNounWords[Event]):
    """One verb done to one noun, written in the verb's own transaction."""

    def __init__(self, words: EventWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words

    def find(
        self,
        *,
        filter: EventFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Event] | None = None,
        **fields: Unpack[EventFields],
    ) -> Rows[Event]:
        """All events with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | Event | None = None, **fields: Unpack[EventFields]) -> Event | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))


class SyncWebhookWords(SyncNounWords[Webhook]):
    """An address to which events are sent, each as a signed HTTP request."""

    def __init__(self, words: WebhookWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words

    def find(
        self,
        *,
        filter: WebhookFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Webhook] | None = None,
        **fields: Unpack[WebhookFields],
    ) -> Rows[Webhook]:
        """All webhooks with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | Webhook | None = None, **fields: Unpack[WebhookFields]) -> Webhook | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def create(self, **given: Unpack[CreateWebhook]) -> Webhook:
        """Creates a webhook, enabled, for what happens from now on. The answer has its secret, this once. Writes the
        event `webhook.created`.
        """
        return self._background.run(self._words.create(**given))

    def delete(self, **given: Unpack[DeleteWebhook]) -> Webhook:
        """Deletes a webhook with its secret, its attempts and what was still to be sent. Writes the event
        `webhook.deleted`.
        """
        return self._background.run(self._words.delete(**given))

    def disable(self, **given: Unpack[DisableWebhook]) -> Webhook:
        """Disables a webhook: nothing is sent until it is enabled again, and nothing that was to be sent is lost.
        Writes the event `webhook.disabled`. Allowed from ENABLED; leads to DISABLED.
        """
        return self._background.run(self._words.disable(**given))

    def enable(self, **given: Unpack[EnableWebhook]) -> Webhook:
        """Enables a webhook. It goes on where it was: what came meanwhile is sent now. Writes the event
        `webhook.enabled`. Allowed from DISABLED; leads to ENABLED.
        """
        return self._background.run(self._words.enable(**given))

    def recover(self, **given: Unpack[RecoverWebhook]) -> Webhook:
        """Sends again what could not be sent: events that were given up start anew, those that wait are sent at once.
        Writes the event `webhook.recovered`. Allowed from ENABLED.
        """
        return self._background.run(self._words.recover(**given))

    def resend(self, **given: Unpack[ResendWebhook]) -> Webhook:
        """Sends one event to a webhook now, whether it was sent before or not, and whatever types the webhook takes.
        Writes the event `webhook.resent`. Allowed from ENABLED.
        """
        return self._background.run(self._words.resend(**given))

    def rotate(self, **given: Unpack[RotateWebhook]) -> Webhook:
        """Gives a webhook a new secret, which the answer has this once. The old one signs along for the overlap.
        Writes the event `webhook.rotated`.
        """
        return self._background.run(self._words.rotate(**given))

    def update(self, **given: Unpack[UpdateWebhook]) -> Webhook:
        """Changes where a webhook's requests go, what it takes or what is said about it. Writes the event
        `webhook.updated`.
        """
        return self._background.run(self._words.update(**given))

    @property
    def created(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `webhook.created`."""
        return self._after(CREATE_WEBHOOK)

    @property
    def deleted(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `delete` attach: they run for each `webhook.deleted`."""
        return self._after(DELETE_WEBHOOK)

    @property
    def disabled(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `disable` attach: they run for each `webhook.disabled`."""
        return self._after(DISABLE_WEBHOOK)

    @property
    def enabled(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `enable` attach: they run for each `webhook.enabled`."""
        return self._after(ENABLE_WEBHOOK)

    @property
    def recovered(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `recover` attach: they run for each `webhook.recovered`."""
        return self._after(RECOVER_WEBHOOK)

    @property
    def resent(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `resend` attach: they run for each `webhook.resent`."""
        return self._after(RESEND_WEBHOOK)

    @property
    def rotated(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `rotate` attach: they run for each `webhook.rotated`."""
        return self._after(ROTATE_WEBHOOK)

    @property
    def updated(self) -> HookPoint[Webhook, SyncContext]:
        """Where after-hooks of `update` attach: they run for each `webhook.updated`."""
        return self._after(UPDATE_WEBHOOK)


class SyncWebhookAttemptWords(SyncNounWords[WebhookAttempt]):
    """One request of a webhook: one try to send it one event."""

    def __init__(self, words: WebhookAttemptWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words

    def find(
        self,
        *,
        filter: WebhookAttemptFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | WebhookAttempt] | None = None,
        **fields: Unpack[WebhookAttemptFields],
    ) -> Rows[WebhookAttempt]:
        """All attempts with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(
        self, id: str | WebhookAttempt | None = None, **fields: Unpack[WebhookAttemptFields]
    ) -> WebhookAttempt | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))


class SyncBeforeHookWords(SyncNounWords[BeforeHook]):
    """An address that is asked before a verb is done, by a signed HTTP request: it may change the input, or refuse."""

    def __init__(self, words: BeforeHookWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words

    def find(
        self,
        *,
        filter: BeforeHookFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | BeforeHook] | None = None,
        **fields: Unpack[BeforeHookFields],
    ) -> Rows[BeforeHook]:
        """All beforehooks with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | BeforeHook | None = None, **fields: Unpack[BeforeHookFields]) -> BeforeHook | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def create(self, **given: Unpack[CreateBeforeHook]) -> BeforeHook:
        """Creates a before-hook: from now on it is asked before these verbs. The answer has its secret, this once.
        Writes the event `beforehook.created`.
        """
        return self._background.run(self._words.create(**given))

    def delete(self, **given: Unpack[DeleteBeforeHook]) -> BeforeHook:
        """Deletes a before-hook with its secret: it is asked no more. Writes the event `beforehook.deleted`."""
        return self._background.run(self._words.delete(**given))

    def rotate(self, **given: Unpack[RotateBeforeHook]) -> BeforeHook:
        """Gives a before-hook a new secret, which the answer has this once. The old one signs along for the overlap.
        Writes the event `beforehook.rotated`.
        """
        return self._background.run(self._words.rotate(**given))

    def update(self, **given: Unpack[UpdateBeforeHook]) -> BeforeHook:
        """Changes where a before-hook is asked, about which verbs, how long it has, or what follows if it is silent.
        Writes the event `beforehook.updated`.
        """
        return self._background.run(self._words.update(**given))

    @property
    def created(self) -> HookPoint[BeforeHook, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `beforehook.created`."""
        return self._after(CREATE_BEFORE_HOOK)

    @property
    def deleted(self) -> HookPoint[BeforeHook, SyncContext]:
        """Where after-hooks of `delete` attach: they run for each `beforehook.deleted`."""
        return self._after(DELETE_BEFORE_HOOK)

    @property
    def rotated(self) -> HookPoint[BeforeHook, SyncContext]:
        """Where after-hooks of `rotate` attach: they run for each `beforehook.rotated`."""
        return self._after(ROTATE_BEFORE_HOOK)

    @property
    def updated(self) -> HookPoint[BeforeHook, SyncContext]:
        """Where after-hooks of `update` attach: they run for each `beforehook.updated`."""
        return self._after(UPDATE_BEFORE_HOOK)


class SyncApiKeyWords(SyncNounWords[ApiKey]):
    """A key to the workspace, `dg_...`, for one role. Its text is shown once; the graph has only a hash of it."""

    def __init__(self, words: ApiKeyWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words

    def find(
        self,
        *,
        filter: ApiKeyFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | ApiKey] | None = None,
        **fields: Unpack[ApiKeyFields],
    ) -> Rows[ApiKey]:
        """All apikeys with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | ApiKey | None = None, **fields: Unpack[ApiKeyFields]) -> ApiKey | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def create(self, **given: Unpack[CreateApiKey]) -> ApiKey:
        """Creates a key for a role. The answer has its text, this once. Writes the event `apikey.created`."""
        return self._background.run(self._words.create(**given))

    def revoke(self, **given: Unpack[RevokeApiKey]) -> ApiKey:
        """Revokes a key for good: requests with it are refused from now on, and its open streams are closed. Writes
        the event `apikey.revoked`. Allowed from ACTIVE; leads to REVOKED.
        """
        return self._background.run(self._words.revoke(**given))

    @property
    def created(self) -> HookPoint[ApiKey, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `apikey.created`."""
        return self._after(CREATE_API_KEY)

    @property
    def revoked(self) -> HookPoint[ApiKey, SyncContext]:
        """Where after-hooks of `revoke` attach: they run for each `apikey.revoked`."""
        return self._after(REVOKE_API_KEY)


class SyncWorkspaceWords(SyncNounWords[Workspace]):
    """A desk of its own beside this one, which sees nothing of it: its tickets, people, log, hooks and keys. Only the
    operator, who has the key that the server was started with, sees workspaces and makes them.
    """

    def __init__(self, words: WorkspaceWords, background: Background) -> None:
        super().__init__(words, background)
        self._words = words

    def find(
        self,
        *,
        filter: WorkspaceFilter | None = None,
        order_by: str = "",
        limit: int | None = None,
        id: Some[str | Workspace] | None = None,
        **fields: Unpack[WorkspaceFields],
    ) -> Rows[Workspace]:
        """All workspaces with these values, or one of several values."""
        return Rows(self._background, self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields))

    def get(self, id: str | Workspace | None = None, **fields: Unpack[WorkspaceFields]) -> Workspace | None:
        """The one of that id, or the first with these values; None where there is none."""
        return self._background.run(self._words.get(id, **fields))

    def create(self, **given: Unpack[CreateWorkspace]) -> Workspace:
        """Creates a workspace, empty but for a key with the role ADMIN. The answer has the key's text, this once.
        Writes the event `workspace.created`.
        """
        return self._background.run(self._words.create(**given))

    @property
    def created(self) -> HookPoint[Workspace, SyncContext]:
        """Where after-hooks of `create` attach: they run for each `workspace.created`."""
        return self._after(CREATE_WORKSPACE)


class SyncNouns:
    """The words of all nouns, without await."""

    def __init__(self, nouns: Nouns, background: Background) -> None:
        self.Ticket = SyncTicketWords(nouns.Ticket, background)
        self.Contact = SyncContactWords(nouns.Contact, background)
        self.Organization = SyncOrganizationWords(nouns.Organization, background)
        self.User = SyncUserWords(nouns.User, background)
        self.Activity = SyncActivityWords(nouns.Activity, background)
        self.Event = SyncEventWords(nouns.Event, background)
        self.Webhook = SyncWebhookWords(nouns.Webhook, background)
        self.WebhookAttempt = SyncWebhookAttemptWords(nouns.WebhookAttempt, background)
        self.BeforeHook = SyncBeforeHookWords(nouns.BeforeHook, background)
        self.ApiKey = SyncApiKeyWords(nouns.ApiKey, background)
        self.Workspace = SyncWorkspaceWords(nouns.Workspace, background)
