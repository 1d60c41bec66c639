"""Receivers of alert messages on 127.0.0.1: an HTTP server that remembers what it was sent, and a mail server."""

import email
import email.policy
import http.server
import json
import threading
import time

from aiosmtpd.controller import Controller

from gatewatch_server import free_port


class HTTPSink:
    """Takes messages under any path; can be stopped and started again on its port."""

    def __init__(self):
        self.port = free_port()
        # Path, headers in lower case, body, seconds of arrival.
        self.messages: list[tuple[str, dict, dict, float]] = []
        self.server = None
        self.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sink.messages.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body, time.time()))
                is_pager = self.path.startswith("/v2/")
                answer = b'{"status":"success","message":"Event processed","dedup_key":"k"}' if is_pager else b"ok"
                self.send_response(202 if is_pager else 200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def sent_to(self, path: str) -> list[tuple[dict, dict, float]]:
        return [(headers, body, at) for found, headers, body, at in list(self.messages) if found.startswith(path)]


class MailSink:
    """A mail server without TLS, which Gatewatch uses on this machine when told to."""

    def __init__(self):
        self.mails: list[tuple[email.message.EmailMessage, float]] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.controller.port}"

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((email.message_from_bytes(envelope.content, policy=email.policy.default), time.time()))
        return "250 OK"

    def stop(self) -> None:
        self.controller.stop()
