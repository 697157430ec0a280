"""What a server tells of itself: request ids, logs, metrics, traces."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect

from tests.acceptance.conftest import KEY, PROTOCOL, ROOT, Served, hear, run, subscribe, subscriber
from tests.acceptance.test_workers import serves, workers
from tests.conftest import until

COUNT = "{ tickets { totalCount } }"
CREATE = 'mutation { createTicket(input: {subject: "A ticket"}) { ticket { id } errors { code } } }'
RESOLVE = 'mutation { resolveTicket(input: {id: "ticket_gonegone", resolution: "x"}) { errors { code } } }'
LOG = "subscription ($after: Long) { events(after: $after) { position } }"
PAGE = ROOT / "docs" / "operations.md"
OURS = re.compile(r"deskgraph_\w+(?<!_created)")
HEX = re.compile(r"[0-9a-f]{32}")


def post(served: Served, text: str, **headers: str) -> httpx.Response:
    body = {"query": text}
    return httpx.post(f"{served.url}/graphql", json=body, headers={**served.headers, **headers}, timeout=30)


def get(served: Served, path: str) -> httpx.Response:
    return httpx.get(served.url + path, headers=served.headers)


def logged(served: Served, event: str) -> list[dict[str, Any]]:
    """The log's lines of an event. Every line of the log is JSON."""
    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    return [line for line in lines if line["event"] == event]


def metrics(served: Served, **headers: str) -> dict[tuple[str, ...], float]:
    """The samples by their name and their labels' values, in the order of the labels' names."""
    answer = httpx.get(f"{served.url}/metrics", headers=headers or served.headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        (one.name, *(one.labels[name] for name in sorted(one.labels))): one.value
        for family in families
        for one in family.samples
    }


def test_every_request_has_an_id(serve: Callable[..., Served]) -> None:
    served = serve()
    for path in ("/graphql", "/health/live", "/nowhere", "/events"):
        given = httpx.get(served.url + path, headers={"X-Request-Id": "from-a.proxy:7"})
        assert given.headers.get_list("x-request-id") == ["from-a.proxy:7"]
    for wrong in ("", "two words", "x" * 129, '"', "{}"):
        made = post(served, COUNT, **{"X-Request-Id": wrong}).headers["x-request-id"]
        assert HEX.fullmatch(made)
        assert post(served, COUNT).headers["x-request-id"] != made
    assert logged(served, "request.ended") == []  # quiet by default


async def test_lines_of_the_log_have_the_id(serve: Callable[..., Served]) -> None:
    served = serve("--hooks", "tests.acceptance.vetoing", DESKGRAPH_LOG_LEVEL="debug")
    refused = post(served, CREATE.replace("A ticket", "forbidden"), **{"X-Request-Id": "one"}).json()
    assert refused["data"]["createTicket"]["errors"] == [{"code": "HOOK_REJECTED"}]
    assert [line["request_id"] for line in logged(served, "hook.rejected")] == ["one"]
    await until(lambda: logged(served, "request.ended") != [])  # the answer is there first
    [line] = logged(served, "request.ended")
    assert line.pop("milliseconds") > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line.pop("timestamp"))
    assert line == {
        "event": "request.ended",
        "level": "debug",
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "request_id": "one",
    }
    headers = {**served.headers, "X-Request-Id": "two"}
    async with connect(served.socket, subprotocols=[PROTOCOL], additional_headers=headers) as client:
        assert client.response
        assert client.response.headers.get_all("x-request-id") == ["two"]
        await client.send(json.dumps({"type": "connection_init"}))
        assert await hear(client) == {"type": "connection_ack"}
        payload = {"query": CREATE.replace("A ticket", "forbidden")}
        await client.send(json.dumps({"id": "op-7", "type": "subscribe", "payload": payload}))
        assert (await hear(client))["payload"]["data"]["createTicket"]["errors"] == [{"code": "HOOK_REJECTED"}]
    of_socket = logged(served, "hook.rejected")[1]
    assert (of_socket["request_id"], of_socket["operation_id"]) == ("two", "op-7")
    await until(lambda: len(logged(served, "request.ended")) == 2)
    ended = logged(served, "request.ended")[1]
    assert (ended["type"], ended["request_id"], ended["status"]) == ("websocket", "two", 101)


async def test_no_key_and_no_secret_is_logged(serve: Callable[..., Served]) -> None:
    """Not even where everything is logged and everything goes wrong."""
    served = serve("--hooks", "tests.acceptance.vetoing", DESKGRAPH_LOG_LEVEL="debug")
    wrong, password = "a-wrong-key-that-was-sent", os.environ["NEO4J_PASSWORD"]
    hook = 'mutation { createWebhook(input: {url: "https://hook.example/x"}) { secret errors { code } } }'
    secret = post(served, hook).json()["data"]["createWebhook"]["secret"]
    assert secret.startswith("whsec_")
    post(served, COUNT, Authorization=f"Bearer {wrong}")
    get(served, f"/graphql?query={COUNT}&key={wrong}")
    post(served, CREATE.replace("A ticket", "forbidden"))
    post(served, "{ nonsense")
    async with connect(served.socket, subprotocols=[PROTOCOL]) as client:
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {wrong}"}}
        await client.send(json.dumps(init))
        await client.wait_closed()
    assert client.close_code == 4403
    async with await subscriber(served) as client:
        await client.send("{")
        await client.wait_closed()
    served.stop()
    text = served.log.read_text()
    assert len(logged(served, "request.ended")) == 7
    found = {name: value in text for name, value in locals().items() if name in ("wrong", "password", "secret")}
    assert found == {"wrong": False, "password": False, "secret": False}
    assert KEY not in text
    assert secret.removeprefix("whsec_") not in text


def test_metrics_take_the_key(serve: Callable[..., Served]) -> None:
    served = serve()
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        refused = httpx.get(f"{served.url}/metrics", headers=headers)
        assert (refused.status_code, "deskgraph_" in refused.text) == (401, False)
    public = serve(DESKGRAPH_PUBLIC_METRICS="true")
    assert metrics(public, Accept="*/*")["deskgraph_database_up",] == 1
    assert httpx.get(f"{public.url}/events").status_code == 401


async def test_what_metrics_count(serve: Callable[..., Served]) -> None:
    served = serve()
    wrong = "{ nonsense }", "{", "{ tickets(first: 0) { totalCount } }"
    for text in (COUNT, COUNT, CREATE, CREATE, CREATE, RESOLVE, *wrong):
        post(served, text)
    post(served, COUNT, Authorization="")
    for path in ("/ticket_bQ4xNmWj", "/wp-admin.php"):
        get(served, path)
    async with await subscriber(served) as client:
        for id_ in ("a", "b"):
            await subscribe(client, id_, LOG, 0)
        payload = {"query": 'subscription { deliveries(consumer: "billing", start: BEGINNING) { id } }'}
        await client.send(json.dumps({"id": "c", "type": "subscribe", "payload": payload}))
        for _ in range(9):
            assert (await hear(client))["type"] == "next"
        found = metrics(served)
        assert (found["deskgraph_subscriptions",], found["deskgraph_websockets",]) == (3, 1)
        await client.send(json.dumps({"id": "a", "type": "complete"}))
        await until(lambda: metrics(served)["deskgraph_subscriptions",] == 2)
    await until(lambda: metrics(served)["deskgraph_websockets",] == 0)
    found = metrics(served)
    operations = {key[1:]: value for key, value in found.items() if key[0] == "deskgraph_operations_total"}
    assert operations == {
        ("OK", "query"): 2,
        ("OK", "mutation"): 3,
        ("OK", "subscription"): 3,
        ("NOT_FOUND", "mutation"): 1,
        ("INVALID_INPUT", "query"): 1,
        ("GRAPHQL_VALIDATION_FAILED", "unknown"): 1,
        ("GRAPHQL_PARSE_FAILED", "unknown"): 1,
        ("UNAUTHENTICATED", "unknown"): 1,
    }
    assert found["deskgraph_operation_seconds_count", "query"] == 3
    assert found["deskgraph_operation_seconds_count", "mutation"] == 4
    assert 0 < found["deskgraph_operation_seconds_sum", "query"] < 10
    assert found["deskgraph_http_requests_total", "POST", "/graphql", "200"] == 9
    assert found["deskgraph_http_requests_total", "POST", "/graphql", "401"] == 1
    assert found["deskgraph_http_requests_total", "GET", "other", "404"] == 2
    assert found["deskgraph_database_seconds_count", "write"] >= 4
    assert found["deskgraph_database_seconds_count", "read"] >= 2
    assert (found["deskgraph_log_position",], found["deskgraph_log_pending",]) == (3, 0)
    assert found["deskgraph_feed_position",] == 3
    lags = {key[1:]: value for key, value in found.items() if key[0] == "deskgraph_consumer_lag"}
    named = {re.sub("_(bucket|count|sum)$", "", name) for name, *_ in found if OURS.fullmatch(name)}
    assert named == {*re.findall(r"^\| `(deskgraph_\w+)`", PAGE.read_text(), re.M)}
    assert lags == {("billing", "REMOTE"): 3}  # the first delivery was not settled


async def test_metrics_of_workers_are_those_of_all(serve: Callable[..., Served]) -> None:
    served = serve("--workers", "2")
    for _ in range(30):  # each on a connection of its own
        assert post(served, COUNT).json()["data"] == {"tickets": {"totalCount": 0}}
    counted = "deskgraph_operations_total", "OK", "query"
    await until(lambda: metrics(served)[counted] == 30)  # the answer is there first
    assert [metrics(served)[counted] for _ in range(6)] == [30] * 6
    async with await subscriber(served) as one, await subscriber(served) as other:
        assert [metrics(served)["deskgraph_websockets",] for _ in range(4)] == [2] * 4
        [killed] = [pid for pid in workers(served) if serves(pid, one)]
        gone = 1 + serves(killed, other)
        os.kill(killed, signal.SIGKILL)
        await until(lambda: len(workers(served)) == 2 and killed not in workers(served))
        await until(lambda: answers(served) and metrics(served)["deskgraph_websockets",] == 2 - gone)
        assert metrics(served)[counted] == 30


def answers(served: Served) -> bool:
    try:
        return httpx.get(f"{served.url}/health/live").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def collector() -> Iterator[tuple[str, list[Any]]]:
    """An OTLP/HTTP collector; its address, and the spans that it received."""
    spans: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["content-length"]))
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                names = {one.key: one.value.string_value for one in resource.resource.attributes}
                spans.extend((names["service.name"], span) for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", spans
        server.shutdown()
        thread.join()


TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


async def test_traces_of_a_request_and_of_what_it_causes(serve: Callable[..., Served]) -> None:
    with collector() as (url, spans):
        otel = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_SERVICE_NAME": "my-desk"}
        served = serve("--sample", "--hooks", "examples.support_hooks", **otel)
        asked = 'mutation { createTicket(input: {subject: "A secret subject"}) { ticket { id } errors { code } } }'
        ticket = post(served, asked, Traceparent=f"00-{TRACE}-{PARENT}-01").json()["data"]["createTicket"]["ticket"][
            "id"
        ]
        resolve = RESOLVE.replace("ticket_gonegone", ticket)
        assert post(served, resolve).json()["data"]["resolveTicket"]["errors"] == []
        await until(
            lambda: any(span.name == "consumer delivery" for _, span in spans) and of_trace(spans, "POST /graphql")
        )
        served.stop()
    [root] = of_trace(spans, "POST /graphql")
    assert root.parent_span_id.hex() == PARENT
    told = attributes(root)
    assert (told["http.route"], told["http.response.status_code"]) == ("/graphql", 200)
    [operation] = of_trace(spans, "graphql operation")
    assert operation.parent_span_id == root.span_id
    assert attributes(operation) == {"graphql.operation.type": "mutation", "deskgraph.code": "OK"}
    [before] = of_trace(spans, "hook")
    assert before.parent_span_id == operation.span_id
    assert attributes(before) == {"deskgraph.hook": "least_busy", "deskgraph.verb": "ticket.create"}
    writes = of_trace(spans, "neo4j write")
    assert {span.parent_span_id for span in writes} == {operation.span_id, before.span_id}
    assert "CREATE" in attributes(writes[-1])["db.query.text"]

    deliveries = {span.span_id: span for _, span in spans if span.name == "consumer delivery"}
    hooks = [span for _, span in spans if span.name == "hook" and span != before]
    assert hooks
    assert {span.parent_span_id for span in hooks} <= deliveries.keys()
    assert all(not span.parent_span_id for span in deliveries.values())  # work of their own
    assert {name for name, _ in spans} == {"my-desk"}
    text = "".join(str(span) for _, span in spans)
    assert ("A secret subject" in text, KEY in text) == (False, False)


def of_trace(spans: list[Any], name: str) -> list[Any]:
    return [span for _, span in spans if span.trace_id.hex() == TRACE and span.name == name]


def attributes(span: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def test_a_collector_that_is_away_keeps_nothing_waiting(serve: Callable[..., Served]) -> None:
    served = serve(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_BSP_SCHEDULE_DELAY="50")
    assert post(served, COUNT).status_code == 200
    served.stop()


@pytest.mark.parametrize("workers", [1, 2])
def test_traces_by_grpc_are_refused(workers: int, tmp_path: Any) -> None:
    otel = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    answer = run("serve", "--port", "0", "--workers", str(workers), DESKGRAPH_DATA=str(tmp_path), **otel)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "not grpc: look at OTEL_EXPORTER_OTLP_PROTOCOL" in answer.stderr
