// Lock a webhook, then see whether it is still there: its deletion may just have been committed.
MATCH (webhook:Webhook {id: $webhook, workspace: $workspace})
SET webhook.holding = true REMOVE webhook.holding
WITH webhook WHERE webhook:Webhook
RETURN webhook.id AS id
