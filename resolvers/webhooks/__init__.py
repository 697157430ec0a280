"""Webhooks: each event of the types that one takes is sent to it as a signed HTTP request, tried again by a schedule.

`workers` runs a durable consumer for each webhook, `sender` sends one delivery and records what became of it,
`outbound` makes the request, `addresses` says where requests must not go, `secrets` signs.
"""
