"""`/verify`: what a code belongs to, for anybody, and the key by which manifests are checked without us."""

from aiohttp import web
from jinja2 import Environment

from bot.domain.codes import read_code
from bot.domain.proofs import Proof
from bot.http.headers import content_policy
from bot.i18n import Catalogs, Translator
from bot.services.desk import Desk
from bot.services.sealing import HEAD
from bot.services.verifying import Found
from bot.web.public import answers
from bot.web.public.messages import shown, wanted_languages
from bot.web.public.proof_words import ProofWords
from bot.web.public.words import PageWords

_FORM = {"Content-Security-Policy": content_policy(script_src="'none'", connect_src="'none'", form_action="'self'")}
_CODE = "{code:[A-Za-z0-9-]{4,12}}"


class VerifyPages:
    """Reads only; a code says nothing about who asks."""

    def __init__(self, desk: Desk, catalogs: Catalogs, pages: Environment) -> None:
        self._desk = desk
        self._catalogs = catalogs
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        """Every way in."""
        return [
            web.get("/verify", self.ask),
            web.get("/verify/key", self.key),
            web.get(f"/verify/{_CODE}.json", self.manifest),
            web.get(f"/verify/{_CODE}", self.code),
        ]

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """The form; with `?code=`, on to that code's page."""
        code = request.query.get("code", "")
        if code:
            known = read_code(code[:40])
            if known:
                raise web.HTTPSeeOther(f"/verify/{known}")
            return self._page(request, Found(Proof.UNKNOWN), typed=code[:20])
        return self._page(request, None)

    async def code(self, request: web.Request) -> web.StreamResponse:
        """What the code belongs to, and whether that is in force."""
        async with self._desk.db.read() as uow:
            found = await self._desk.verifying.by_code(uow, request.match_info["code"])
        return self._page(request, found, typed=request.match_info["code"])

    def _page(self, request: web.Request, found: Found | None, *, typed: str = "") -> web.Response:
        t = self._translator(request)
        words = ProofWords(t, self._desk.controller)
        row = found.rendition if found else None
        named = found is not None and found.proof in {Proof.GENUINE, Proof.OUT_OF_DATE} and row is not None
        text = self._pages.get_template("verify.html").render(
            words=PageWords(t, self._desk.controller), proof=words, language=t.language, found=found, typed=typed,
            verdict=words.verdict(found) if found else "", advice=words.advice(found) if found else "",
            text=shown(row.text) if named and row is not None else [],
            of=self._desk.registry.get(row.language) if named and row is not None else None,
        )  # fmt: skip
        status = 404 if found is not None and found.proof is Proof.UNKNOWN else 200
        return answers.page(request, text, status=status, headers={**_FORM, "Vary": "Accept-Language"})

    def _translator(self, request: web.Request) -> Translator:
        for tag in wanted_languages(request.headers.get("Accept-Language", "")):
            known = self._desk.registry.resolve(tag)
            if known is not None and self._desk.registry.reading(known.tag).tag in self._catalogs.loaded:
                return self._catalogs.translator(self._desk.registry.reading(known.tag).tag)
        return self._catalogs.translator("en-GB")

    async def manifest(self, request: web.Request) -> web.StreamResponse:
        """The signed manifest, as anybody can check it: body, signature, and what its salted hashes were made of."""
        async with self._desk.db.read() as uow:
            found = await self._desk.verifying.by_code(uow, request.match_info["code"])
            key = await uow.meta.get("verify_key")
        if found.manifest is None:
            raise web.HTTPNotFound
        signature = found.manifest.signature
        return answers.json(request, {
            "state": str(found.proof), "body": found.manifest.body, "signature": signature.hex() if signature else None,
            "disclosed": {**found.manifest.disclosed, **({} if found.leader else {"leader": None})}, "key": key,
            "signed": SIGNED,
        })  # fmt: skip

    async def key(self, request: web.Request) -> web.StreamResponse:
        """The public key, and the newest sealed entry of the record."""
        async with self._desk.db.read() as uow:
            key, head = await uow.meta.get("verify_key"), await uow.meta.get(HEAD)
        return answers.json(request, {"key": key, "kind": "Ed25519", "signed": SIGNED, "record": head, "how": HOW})


SIGNED = "the words 'vouch manifest', a line feed, and body as UTF-8 (Ed25519, RFC 8032)"
HOW = {
    "salted": "SHA-256 over one byte with the length of the salt, the salt, and the value as JSON without spaces",
    "content": "the value is the SHA-256 of the file, or of the text, in hexadecimal",
}
