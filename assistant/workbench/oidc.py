"""Sign in with the company's identity provider: OpenID Connect Core 1.0, code flow with PKCE, by Authlib.

Who the provider says it is counts by issuer and subject. A subject that is new is linked once, to the person whose
address the provider has verified; nobody is made by signing in, and roles are given here, never taken from a token.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import (  # type: ignore[import-untyped] # Authlib has no types
    OAuth2Client,
    OAuthError,
)
from fastapi import Request
from joserfc import jwk, jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from assistant.domain.errors import ChangedMeanwhile, NotAllowedToYou, OperatorMustAct
from assistant.domain.identity import Link
from assistant.domain.person import Person, program
from assistant.domain.ports import Clock, Store
from assistant.settings import OidcSettings

ACTOR = program("oidc")
BACK = "/sign-in/oidc/back"
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # never none, never one whose key the client shares
_STARTED_SECONDS = 600
_KNOWN_SECONDS = 3600.0
_TIMEOUT_SECONDS = 10.0
_LEEWAY_SECONDS = 60
_SUBJECT_CHARACTERS = 255
_NOTHING = "Nobody was signed in."


class OidcDoor:
    """One provider. Raises NotAllowedToYou where it does not prove a person, OperatorMustAct where it does not work."""

    def __init__(self, settings: OidcSettings, back_url: str, store: Store, clock: Clock) -> None:
        _require_https(settings.issuer)
        self.name = urlsplit(settings.issuer).netloc
        self._settings = settings
        self._back = back_url.rstrip("/") + BACK
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._known: Mapping[str, Any] = {}
        self._keys: jwk.KeySet | None = None
        self._read_at = -_KNOWN_SECONDS

    def begin(self, request: Request) -> str:
        """The provider's address to send the browser to; what comes back has to fit this browser's session."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        with self._client() as client:
            url, state = client.create_authorization_url(
                self._metadata()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        request.session["oidc"] = {"state": state, "nonce": nonce, "verifier": verifier, "at": time.time()}
        return str(url)

    def finish(self, request: Request) -> Person:
        begun = request.session.pop("oidc", None)
        answer = request.query_params
        if not isinstance(begun, dict) or time.time() - float(begun["at"]) > _STARTED_SECONDS:
            raise NotAllowedToYou(f"This sign-in was not begun here, or too long ago. {_NOTHING}")
        if not hmac.compare_digest(str(begun["state"]), answer.get("state", "")):
            raise NotAllowedToYou(f"This sign-in is not the one that was begun. {_NOTHING}")
        if answer.get("iss") not in (None, self._settings.issuer):  # RFC 9207
            raise NotAllowedToYou(f"Another provider answered. {_NOTHING}")
        if "code" not in answer:
            raise NotAllowedToYou(
                f"{self.name} did not sign you in ({answer.get('error', 'no code')[:80]}). {_NOTHING}"
            )
        return self._person(self._claims(answer["code"], begun))

    def _claims(self, code: str, begun: Mapping[str, Any]) -> Mapping[str, Any]:
        """Who it is, by the signed token; an address by the provider's own word where the token has none."""
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._metadata()["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun["verifier"],
                )
                claims = self._verified(str(token.get("id_token", "")), str(begun["nonce"]))
                endpoint = self._metadata().get("userinfo_endpoint")
                if "email" not in claims and endpoint:
                    told = client.get(endpoint).raise_for_status().json()
                    if told.get("sub") == claims["sub"]:
                        claims = {**told, **claims}
                return claims
        except (OAuthError, JoseError, ValueError, TypeError, KeyError) as error:
            raise NotAllowedToYou(
                f"What {self.name} sent does not prove who you are ({_kind(error)}). {_NOTHING}"
            ) from error
        except httpx2.HTTPError as error:
            raise OperatorMustAct(f"{self.name} does not answer ({_kind(error)}). {_NOTHING} Try again.") from error

    def _verified(self, token: str, nonce: str) -> Mapping[str, Any]:
        """OpenID Connect Core 1.0, 3.1.3.7."""
        try:
            decoded = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
        except InvalidKeyIdError:  # a key that we have not seen: the provider may have changed them
            decoded = jwt.decode(token, self._key_set(again=True), algorithms=_ALGORITHMS)
        client_id = self._settings.client_id
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(decoded.claims)
        several = isinstance(decoded.claims["aud"], list) and len(decoded.claims["aud"]) > 1
        if not isinstance(decoded.claims["sub"], str) or len(decoded.claims["sub"]) > _SUBJECT_CHARACTERS:
            raise ValueError("sub")
        if decoded.claims.get("azp", None if several else client_id) != client_id:
            raise ValueError("azp")
        return decoded.claims

    def _person(self, claims: Mapping[str, Any]) -> Person:
        account = f"{self._settings.issuer} {claims['sub']}"
        email = str(claims.get("email") or "").strip().lower()
        with self._store.unit(ACTOR) as unit:
            known = unit.links.person_of("oidc", account)
            if known is not None:
                return known
            person = unit.people.get(email) if claims.get("email_verified") is True else None
            if person is None:
                unit.audit.append("sign-in", "sign_in.failed", {"account": account[:300], "why": "nobody we know"})
        if person is None:
            raise NotAllowedToYou(
                f"{self.name} knows you, but nobody here has that account or a verified address of it."
            )
        with self._store.unit(ACTOR) as unit:
            if any(
                link.kind == "oidc" and link.value.startswith(self._settings.issuer) for link in unit.links.of(email)
            ):
                raise NotAllowedToYou("That address belongs to another account of the provider. An admin has to look.")
            try:
                unit.links.add(
                    Link(
                        kind="oidc",
                        value=account,
                        person_id=person.id,
                        proof="address verified by the provider",
                        proven_at=self._clock.now(),
                    )
                )
            except ChangedMeanwhile as error:
                raise NotAllowedToYou(str(error)) from error
        return person

    def _client(self) -> Any:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret or None,
            scope="openid email profile",
            redirect_uri=self._back,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
        )

    def _metadata(self) -> Mapping[str, Any]:
        with self._lock:
            if time.monotonic() - self._read_at > _KNOWN_SECONDS:
                self._read()
            return self._known

    def _key_set(self, *, again: bool = False) -> jwk.KeySet:
        with self._lock:
            if again or self._keys is None:
                self._read()
            assert self._keys is not None  # noqa: S101 - _read raises or sets it
            return self._keys

    def _read(self) -> None:
        """Discovery (OpenID Connect Discovery 1.0) and keys. The provider has to name itself as it was set here."""
        address = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        try:
            with httpx2.Client(timeout=_TIMEOUT_SECONDS) as client:
                known = client.get(address).raise_for_status().json()
                if known["issuer"] != self._settings.issuer:
                    raise OperatorMustAct(f"{address} speaks for {known['issuer']!r}; check BACKHAUL_OIDC_ISSUER.")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    _require_https(known[name])
                keys = jwk.KeySet.import_key_set(client.get(known["jwks_uri"]).raise_for_status().json())
        except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            raise OperatorMustAct(f"{address} can't be used ({_kind(error)}). {_NOTHING}") from error
        self._known, self._keys, self._read_at = known, keys, time.monotonic()


def _require_https(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise OperatorMustAct(f"{address} is no https address; nobody signs in over it.")


def _kind(error: Exception) -> str:
    return str(error)[:80] if isinstance(error, OAuthError | JoseError) else type(error).__name__
