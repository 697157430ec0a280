// Where a webhook's requests go and what signs them.
MATCH (webhook:Webhook {id: $webhook, workspace: $workspace})
RETURN webhook.url AS url, webhook.secrets AS secrets, webhook.status = 'ENABLED' AS enabled
