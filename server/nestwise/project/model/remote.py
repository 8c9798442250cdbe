"""Which names reach other servers: HTTP clients and clients of SDKs, decided by what they are."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Call, Class, Const, New, TName, TUnion, Type, TypeDecl, dotted
from nestwise.project.model.guards import parts_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, Symbol, declaration, followed, resolve

_CLIENTS = {
    "@nestjs/axios": "HttpService",
    "axios": "Axios AxiosInstance AxiosStatic",
    "got": "Got",
    "ky": "KyInstance",
    "stripe": "default Stripe",
    "openai": "default OpenAI AzureOpenAI",
    "@anthropic-ai/sdk": "default Anthropic",
    "twilio": "Twilio",
    "octokit": "Octokit",
    "@octokit/rest": "Octokit",
    "@octokit/core": "Octokit",
    "@slack/web-api": "WebClient",
    "resend": "Resend",
    "postmark": "ServerClient",
    "@sendgrid/mail": "MailService",
    "@sendgrid/client": "Client",
    "aws-sdk": "S3 SES SQS SNS DynamoDB Lambda CognitoIdentityServiceProvider",
    "@google-cloud/storage": "Storage",
    "@google-cloud/pubsub": "PubSub",
    "@azure/storage-blob": "BlobServiceClient ContainerClient",
    "plaid": "PlaidApi",
    "razorpay": "default",
    "minio": "Client",
    "nestjs-minio-client": "MinioService",
}
"""What is made once and then called; names of packages that export a function to call are below."""
_CALLED = {
    "": "fetch",
    "axios": "default Axios",
    "got": "default got",
    "ky": "default",
    "node-fetch": "default",
    "cross-fetch": "default fetch",
    "undici": "fetch request stream",
    "superagent": "default",
    "needle": "default",
    "@sendgrid/mail": "default",
}
REMOTE_PACKAGES = frozenset(_CALLED) - {""}
_MAKERS = {"axios": "create", "got": "extend", "ky": "create extend"}
"""What such a function has to make another one."""


class Remote(Struct, frozen=True):
    name: str
    """As the code calls it: `HttpService`, `axios`."""
    package: str
    """Empty for `fetch` of the language."""


def _has(table: dict[str, str], symbol: Symbol) -> bool:
    return isinstance(symbol, Ext) and symbol.name in table.get(symbol.package, "").split()


@question(cycle=None)
def remote_class(project: Project, symbol: Symbol) -> Remote | None:
    """Is this the class of a client that calls other servers, or an alias of one? A class of the team's that
    extends one is the service that there should be."""
    symbol = followed(project, symbol)
    if isinstance(symbol, Ext):
        sdk = symbol.package.startswith("@aws-sdk/client-") and not symbol.name.endswith("Command")
        return Remote(symbol.name, symbol.package) if sdk or _has(_CLIENTS, symbol) else None
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if isinstance(item, TypeDecl) and item.kind == "alias" and isinstance(symbol, Ref):
        return remote_type(project, symbol.path, item.type)
    return None


def remote_type(project: Project, path: str, kind: Type | None) -> Remote | None:
    """What an annotation says: `HttpService`, `AxiosInstance | undefined`."""
    if isinstance(kind, TUnion):
        found = [f for part in kind.of if (f := remote_type(project, path, part))]
        return found[0] if len(found) == 1 else None
    if not isinstance(kind, TName):
        return None
    remote = remote_class(project, resolve(project, path, kind.name))
    return Remote(kind.name, remote.package) if remote is not None else None


def remote_call(project: Project, path: str, name: str) -> Remote | None:
    """What calling (or calling a method of) a top-level name reaches: `fetch`, `axios`, a client that is held
    in a constant."""
    symbol = followed(project, resolve(project, path, name))
    if _has(_CALLED, symbol) and isinstance(symbol, Ext):
        return Remote(name, symbol.package)
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if not isinstance(item, Const) or not isinstance(symbol, Ref) or "." in symbol.name:
        return None
    if not isinstance(item.value, (New, Call)) or not (callee := dotted(item.value.callee)):
        return None
    if isinstance(item.value, New):
        found = remote_class(project, resolve(project, symbol.path, callee))
    else:
        found = _made(project, symbol.path, callee)
    return Remote(name, found.package) if found is not None else None


def _made(project: Project, path: str, callee: str) -> Remote | None:
    """What `axios.create(…)` gives."""
    maker, _, step = callee.rpartition(".")
    symbol = followed(project, resolve(project, path, maker)) if maker else None
    if not isinstance(symbol, Ext) or not _has(_CALLED, symbol):
        return None
    return Remote(maker, symbol.package) if step in _MAKERS.get(symbol.package, "").split() else None


_HEALTH = frozenset("health healthcheck healthz heartbeat liveness readiness liveliness probe ping".split())


def watches_health(project: Project, path: str, cls: Class) -> bool:
    """Is a controller there to say whether the database and other servers answer?"""
    if parts_of(cls.name) & _HEALTH:
        return True
    types = [p.type.name for p in cls.ctor or () if isinstance(p.type, TName)]
    symbols = [resolve(project, path, name) for name in types]
    return any(isinstance(s, Ext) and s.package == "@nestjs/terminus" for s in symbols)


__all__ = ["REMOTE_PACKAGES", "Remote", "remote_call", "remote_class", "remote_type", "watches_health"]
