// What signs the requests of a webhook or a before-hook.
MATCH (signing:Webhook|BeforeHook {id: $id, workspace: $workspace})
RETURN signing.secrets AS secrets
