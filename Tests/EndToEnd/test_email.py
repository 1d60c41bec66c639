"""Messages by mail, from the rule to the mail server: with and without STARTTLS and log-in, read with Python's own reader of mails."""

import asyncio
import email
import email.policy
import ssl
import subprocess
import threading
import time

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from gatewatch_server import GatewatchServer

ARRIVAL_SECONDS_MAX = 60  # far above what it takes, so that a slow machine does not fail a test

RULES = """
groups:
- name: mail
  interval: 1s
  rules:
  - alert: ErrorsEverywhere
    expr: vector(time()) * 0 + 0.25 > 0.05
    labels: {severity: critical, provider: openai, model: gpt-4o}
    annotations: {summary: "Größer als erlaubt: {{ $value | humanizePercentage }}", runbook_url: /runbooks/ErrorsEverywhere}
"""


class Inbox:
    """Takes messages, and lets the test wait for them."""

    def __init__(self, refused=()):
        self.messages, self.refused, self.arrived, self.was_encrypted = [], refused, threading.Condition(), []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.arrived:
            message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
            self.messages.append((message, envelope))
            self.was_encrypted.append(session.ssl is not None)
            self.arrived.notify_all()
        return "250 queued"

    def wait(self, count: int):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.messages) >= count, ARRIVAL_SECONDS_MAX), f"{len(self.messages)} of {count} messages came"
            return self.messages


class MailServer:
    """aiosmtpd on a free port, in a thread of its own; `settings` say what it offers and demands."""

    def __init__(self, inbox, **settings):
        self.loop, ready = asyncio.new_event_loop(), threading.Event()

        async def listen():
            server = await self.loop.create_server(lambda: SMTP(inbox, loop=self.loop, hostname="mail.example", **settings), "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()

        def serve():
            self.loop.run_until_complete(listen())
            self.loop.run_forever()

        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()
        assert ready.wait(10)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


def authenticator(server, session, envelope, mechanism, data):
    fine = isinstance(data, LoginPassword) and (data.login, data.password) == (b"gate", b"s3cret")
    return AuthResult(success=fine, handled=fine)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that signs itself."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder


def run_gatewatch(tmp_path, mail_server, *lines):
    """A running Gatewatch with one rule that fires at once, and one receiver."""
    (tmp_path / "rules.yaml").write_text(RULES)
    receiver = "\n".join(f"    {line}" for line in ("to: Ops <ops@example.com>, oncall@example.com", "from: Gatewatch <gw@example.com>", f"smarthost: localhost:{mail_server.port}", *lines))
    (tmp_path / "alertmanager.yml").write_text(f"route:\n  receiver: team\n  group_wait: 0s\nreceivers:\n- name: team\n  email_configs:\n  - {receiver.strip()}\n")
    (tmp_path / "gatewatch.yaml").write_text(
        f"alerting:\n  rule_files: {tmp_path}/rules.yaml\n  shipped_rules: false\n  config_file: {tmp_path}/alertmanager.yml\n  external_url: https://gw.example.com\n")
    server = GatewatchServer(tmp_path / "data", arguments=["--config", str(tmp_path / "gatewatch.yaml")])
    server.start()
    return server


@pytest.mark.parametrize("kind", ["plain", "starttls", "starttls and log-in"])
def test_a_mail_arrives_and_can_be_read(tmp_path, certificate, artefacts, kind):
    inbox, settings, lines = Inbox(), {}, ["require_tls: false"]
    if kind != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        settings, lines = {"tls_context": context, "require_starttls": True}, [f"tls_config: {{ca_file: {certificate}/cert.pem}}"]
    if kind.endswith("log-in"):
        settings |= {"authenticator": authenticator, "auth_required": True}
        lines += ["auth_username: gate", "auth_password: s3cret"]
    mail_server = MailServer(inbox, **settings)
    server = run_gatewatch(tmp_path, mail_server, *lines)
    try:
        (message, envelope), *more = inbox.wait(1)
        assert not more
        assert inbox.was_encrypted == [kind != "plain"]
        assert envelope.rcpt_tos == ["ops@example.com", "oncall@example.com"] and envelope.mail_from == "gw@example.com"
        assert message["Subject"].startswith("[FIRING:1] ErrorsEverywhere") and message["Auto-Submitted"] == "auto-generated"
        assert message["References"] == message["In-Reply-To"] and message["Message-ID"]
        assert not message.defects and all(not part.defects for part in message.walk())
        assert max(len(line) for line in envelope.original_content.split(b"\r\n")) <= 998 and b"\n" not in envelope.original_content.replace(b"\r\n", b"")
        text, html = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
        for part in ("Größer als erlaubt: 25%", "model=gpt-4o, provider=openai", "wrong when above 0.05", "https://gw.example.com/runbooks/ErrorsEverywhere"):
            assert part in text, text
        assert "Größer als erlaubt: 25%" in html and "http-equiv" not in html and "<script" not in html
        pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
        for picture in pictures:
            assert picture.get_content().startswith(b"\x89PNG") and f"cid:{picture['Content-ID'][1:-1]}" in html
        assert len(pictures) == 1
        (alert,) = server.get("/api/v2/alerts").json()
        answer = server.get(f"/api/v1/alerting/chart.png?fingerprint={alert['fingerprint']}")
        assert answer.status == 200 and answer.headers["content-type"] == "image/png" and answer.body.startswith(b"\x89PNG")
        (artefacts / "alert-chart.png").write_bytes(answer.body)
    finally:
        server.stop()
        mail_server.stop()
    assert "s3cret" not in server.log


def test_a_wrong_password_is_said_and_not_shown(tmp_path, certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    inbox = Inbox()
    mail_server = MailServer(inbox, tls_context=context, authenticator=authenticator, auth_required=True)
    server = run_gatewatch(tmp_path, mail_server, f"tls_config: {{ca_file: {certificate}/cert.pem}}", "auth_username: gate", "auth_password: t0tallywrong")
    try:
        wait_for_delivery(server, "failed", "535")
        assert not inbox.messages and "t0tallywrong" not in server.log
    finally:
        server.stop()
        mail_server.stop()


def test_a_server_without_starttls_gets_nothing(tmp_path):
    inbox = Inbox()
    mail_server = MailServer(inbox)
    server = run_gatewatch(tmp_path, mail_server, "auth_username: gate", "auth_password: s3cret")
    try:
        wait_for_delivery(server, "failed", "STARTTLS")
        assert not inbox.messages
    finally:
        server.stop()
        mail_server.stop()


def wait_for_delivery(server, status, part):
    """Waits until the log of deliveries has one of this status, with this in its error."""
    until = time.monotonic() + ARRIVAL_SECONDS_MAX
    while time.monotonic() < until:
        deliveries = server.get("/api/v1/alerting/deliveries").json()["deliveries"]
        if any(delivery["status"] == status and part in (delivery["last_error"] or "") for delivery in deliveries):
            return
        time.sleep(0.1)  # between two polls; the end is decided by the log
    raise AssertionError(f"no delivery is {status} with {part}: {deliveries}\n{server.log[-3000:]}")
