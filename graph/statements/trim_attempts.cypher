// Forget a webhook's oldest attempts. One at a time does so: others wait for the lock and then find nothing to do.
MATCH (webhook:Webhook {id: $webhook, workspace: $workspace})
SET webhook.holding = true REMOVE webhook.holding
WITH webhook
MATCH (webhook)<-[:TO]-(attempt:WebhookAttempt)
WITH attempt ORDER BY attempt.at DESC, attempt.id DESC SKIP $keep
DETACH DELETE attempt
