"""createBeforeHook."""

from __future__ import annotations

from deskgraph.resolvers.before_hooks import Noticed, check
from deskgraph.resolvers.verbs.create_signed import CreateSigned
from deskgraph.schema.before_hook import BeforeHook


class CreateBeforeHook(Noticed, CreateSigned):
    """Creates a before-hook: from now on it is asked before these verbs. The answer has its secret, this once."""

    noun = BeforeHook

    examine = staticmethod(check)
