"""A token service for registries: the Bearer tokens of distribution's token authentication, for one user.

Answers GET with Basic credentials and POST with a form (OAuth 2: grant types password and refresh_token). It grants
whatever scopes are asked; several `scope` parameters, and several in one, are allowed. Tokens are JWT signed by RS256.
"""

import argparse
import base64
import hmac
import json
import secrets
import ssl
import subprocess
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# How long distribution accepts a token after its end; taken off, so that it refuses tokens when they expire.
LEEWAY = 60


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def access(scopes: list[str]) -> list[dict]:
    """The access that `repository:some/repo:pull,push` and the like ask for."""
    granted = []
    for scope in " ".join(scopes).split():
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        if name:
            granted.append({"type": kind, "name": name, "actions": actions.split(",")})
    return granted


class Service(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, options: argparse.Namespace):
        super().__init__(("127.0.0.1", options.port), Handler)
        self.options = options
        self.refresh_token = secrets.token_urlsafe(24)
        with open(options.certificate, encoding="ascii") as file:
            self.chain = [base64.b64encode(ssl.PEM_cert_to_DER_cert(file.read())).decode()]

    def token(self, service: str, scopes: list[str]) -> str:
        now = int(time.time())
        header = {"typ": "JWT", "alg": "RS256", "x5c": self.chain}
        claims = {
            "iss": "manifuzz",
            "sub": self.options.username,
            "aud": service,
            "iat": now,
            "nbf": now - LEEWAY,
            "exp": now + self.options.seconds - LEEWAY,
            "jti": secrets.token_hex(8),
            "access": access(scopes),
        }
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        command = ["openssl", "dgst", "-sha256", "-sign", self.options.key]
        signed = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
        return f"{text}.{base64url(signed.stdout)}"

    def knows(self, username: str, password: str) -> bool:
        expected = f"{self.options.username}:{self.options.password}".encode()
        return hmac.compare_digest(expected, f"{username}:{password}".encode())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body of an answer are two writes, which would wait for each other.
    disable_nagle_algorithm = True

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        kind, _, encoded = self.headers.get("Authorization", "").partition(" ")
        try:
            username, _, password = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            kind = ""
        if kind.lower() != "basic" or not self.server.knows(username, password):
            return self.refuse()
        return self.grant(query)

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def field(name):
            return form.get(name, [""])[0]

        if field("grant_type") == "refresh_token":
            allowed = hmac.compare_digest(field("refresh_token").encode(), self.server.refresh_token.encode())
        else:
            allowed = self.server.knows(field("username"), field("password"))
        return self.grant(form) if allowed else self.refuse()

    def grant(self, asked):
        token = self.server.token(asked.get("service", [""])[0], asked.get("scope", []))
        answer = {"token": token, "access_token": token, "expires_in": self.server.options.seconds}
        if asked.get("offline_token", [""])[0] == "true" or asked.get("access_type", [""])[0] == "offline":
            answer["refresh_token"] = self.server.refresh_token
        self.answer(200, answer)

    def refuse(self):
        self.answer(401, {"errors": [{"code": "UNAUTHORIZED", "message": "wrong username or password"}]})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", required=True, help="PEM file, sent along with each token")
    parser.add_argument("--key", required=True, help="PEM file of its private key")
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--seconds", type=int, default=300, help="how long tokens are valid")
    Service(parser.parse_args()).serve_forever()


if __name__ == "__main__":
    main()
