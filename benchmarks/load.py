"""`python -m benchmarks.load FILE URL_PATH PORT SECONDS`: eight clients that post the bodies of a file, one after another.

Plain sockets that stay open, so that the client takes as little as may be of the cores it shares with the server.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.verdicts import p95

CLIENTS = 8
WARM_UP = 2.0
FIRST = 12
"""What each client sends before the clock starts: processes read their reference data at their first request."""


class Client(threading.Thread):
    """One client: sends, waits for the answer, sends again."""

    def __init__(
        self, port: int, head: bytes, bodies: Iterator[bytes], seconds: float, ready: threading.Barrier
    ) -> None:
        super().__init__(daemon=True)
        self.port, self.head, self.bodies, self.seconds, self.ready = port, head, bodies, seconds, ready
        self.sent = 0
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.first_bad = b""

    def run(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(FIRST):
                self._send(line)
            self.ready.wait(120)
            begin = time.perf_counter() + WARM_UP
            while (now := time.perf_counter()) < begin + self.seconds:
                status = self._send(line)
                if now >= begin:
                    self.times.append(time.perf_counter() - now)
                    self.statuses[status] += 1

    def _send(self, line: socket.socket) -> str:
        body = next(self.bodies)
        line.sendall(self.head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = _answer(line)
        self.sent += 1
        status = answer[9:12].decode()
        if status != "201" and not self.first_bad:
            self.first_bad = answer[:600]
        return status


def _answer(line: socket.socket) -> bytes:
    got = line.recv(65536)
    while b"\r\n\r\n" not in got:
        got += _more(line)
    head, _, rest = got.partition(b"\r\n\r\n")
    told = dict(one.split(b": ", 1) for one in head.lower().split(b"\r\n")[1:])
    length = int(told.get(b"content-length", -1))
    while len(rest) < length if length >= 0 else not rest.endswith(b"0\r\n\r\n"):  # the server sends in chunks
        rest += _more(line)
    return head + b"\r\n\r\n" + rest


def _more(line: socket.socket) -> bytes:
    piece = line.recv(65536)
    if not piece:
        raise ConnectionError("the server hung up")
    return piece


def main(file: str, path: str, port: int, seconds: float) -> None:
    """Print rate, p50, p95 (s) and statuses as JSON. The file is read from where the last run with it ended."""
    token, *bodies = Path(file).read_bytes().splitlines()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token.decode()}\r\n"
        "Content-Type: application/json\r\n"
    ).encode()
    place = Path(f"{file}.{path.strip('/').replace('/', '-')}.{port}")
    first = int(place.read_text()) if place.exists() else 0
    queue, ready = iter(bodies[first:] + bodies[:first]), threading.Barrier(CLIENTS)
    clients = [Client(port, head, queue, seconds, ready) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(seconds + WARM_UP + 180)
    times = [one for client in clients for one in client.times]
    statuses = sum((client.statuses for client in clients), Counter())
    place.write_text(str((first + sum(client.sent for client in clients)) % len(bodies)))
    for client in clients:
        if client.first_bad:
            print(client.first_bad.decode(errors="replace"), file=sys.stderr)
            break
    told = {"rate": statuses["201"] / seconds, "p50": sorted(times)[len(times) // 2], "p95": p95(times)}
    sent = sum(client.sent for client in clients)
    print(json.dumps({**told, "sent": sent, "statuses": dict(statuses)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
