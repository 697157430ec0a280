// The before-hooks that are elsewhere, the oldest first.
MATCH (hook:BeforeHook) WHERE hook.workspace = $workspace AND hook.createdAt IS NOT NULL AND hook.id IS NOT NULL
RETURN hook.id AS id, hook.url AS url, hook.verbs AS verbs, hook.timeoutMs AS timeoutMs, hook.failurePolicy AS policy,
  hook.secrets AS secrets
ORDER BY hook.createdAt, id
