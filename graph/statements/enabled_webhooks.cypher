// The webhooks to which events are sent.
MATCH (webhook:Webhook) WHERE webhook.workspace = $workspace AND webhook.status = 'ENABLED'
  AND webhook.createdAt IS NOT NULL AND webhook.id IS NOT NULL
RETURN webhook.id AS id, webhook.types AS types
