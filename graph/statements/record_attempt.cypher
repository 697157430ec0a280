// Keep what became of a request, and since when the webhook's requests have failed. `hopeless`: for longer than $giveUp
// milliseconds, in at least $least requests.
MATCH (webhook:Webhook {id: $webhook, workspace: $workspace})
MATCH (event:Event {id: $event, workspace: $workspace})
CREATE (webhook)<-[:TO]-(attempt:WebhookAttempt {id: $id, workspace: $workspace})-[:CARRIED]->(event)
SET attempt += $attempt
FOREACH (_ IN CASE WHEN $failed AND webhook.failingSince IS NULL THEN [1] ELSE [] END |
  SET webhook.failingSince = attempt.at
)
FOREACH (_ IN CASE WHEN NOT $failed AND webhook.failingSince IS NOT NULL THEN [1] ELSE [] END |
  REMOVE webhook.failingSince
)
WITH webhook, webhook.failingSince AS since
RETURN toString(since) AS since, COUNT { (webhook)<-[:TO]-() } AS kept,
  coalesce(since.epochMillis <= timestamp() - $giveUp, false) AND COUNT {
    MATCH (webhook)<-[:TO]-(failed:WebhookAttempt) WHERE failed.at >= since
  } >= $least AS hopeless
