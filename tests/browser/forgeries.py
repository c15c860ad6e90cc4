"""Every way in which an attestation may arrive altered, each as a case with a name; all of it deterministic."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from backend.attestations.rules.bundle import FORMAT
from backend.attestations.rules.did import key_id
from backend.attestations.rules.verify import Later, Trust
from backend.kernel.canonical import canonical_bytes
from backend.transparency.rules.checkpoint import NoteKey
from backend.transparency.rules.entries import LogStatement, entry_bytes
from tests.browser.attested import (
    ISSUED,
    ISSUER,
    LOG_KEY,
    MULTIKEY,
    NOW,
    ORIGIN,
    OTHER_LOG,
    OTHER_MULTIKEY,
    STRANGER,
    TRUST,
    UNTIL,
    Json,
    Making,
    bundle_of,
    genuine,
)

CONTROLS = 'a\x00\x07\b\f\n\r\t\x1f\x7f"\\/'


@dataclass(frozen=True)
class Case:
    """One thing to verify. `trust` is a trust file's bytes; `told` False where only the verdict need agree."""

    name: str
    data: bytes
    proof: str | None = None
    trust: Trust = TRUST
    at: datetime = NOW
    later: Later | None = None
    told: bool = True


@cache
def cases() -> Mapping[str, Case]:
    """Return every case under its name."""
    found = [
        *_in_time(),
        *_flipped_bytes(),
        *_texts(),
        *_structures(),
        *_proof_lines(),
        *_proof_texts(),
        *_trusts(),
        *_signed_otherwise(),
    ]
    by_name = {case.name: case for case in found}
    assert len(by_name) == len(found)
    return by_name


def _in_time() -> Iterator[Case]:
    credential, proof, bundle = genuine()
    second = timedelta(seconds=1)
    yield Case("genuine bundle", bundle)
    yield Case("credential with its proof beside it", canonical_bytes(credential), proof)
    yield Case("credential without a proof", canonical_bytes(credential))
    yield Case("bundle, with a broken proof beside it", bundle, proof.replace("index 5", "index 6"))
    yield Case("first second", bundle, at=ISSUED)
    yield Case("one second before it", bundle, at=ISSUED - second)
    yield Case("last second", bundle, at=UNTIL)
    yield Case("a thousandth after it", bundle, at=UNTIL + timedelta(milliseconds=1))
    yield Case("years after it", bundle, at=UNTIL.replace(year=2040))
    for later in (Later(), Later(superseded=True), Later(revoked=True), Later(superseded=True, revoked=True)):
        yield Case(f"asked, in time: {later}", bundle, later=later)
        yield Case(f"asked, too late: {later}", bundle, at=UNTIL + second, later=later)


def _flipped_bytes() -> Iterator[Case]:
    """One bit of one byte, at places spread over the whole file, and a byte that no UTF-8 begins with."""
    bundle = genuine()[2]
    for at in range(0, len(bundle), 29):
        for bits in (0x01, 0x80):
            flipped = bytearray(bundle)
            flipped[at] ^= bits
            yield Case(f"byte {at} xor {bits:#x}", bytes(flipped))
    for at in (1, 700, len(bundle) - 2):
        yield Case(f"cut after byte {at}", bundle[:at])
        yield Case(f"byte ff at {at}", bundle[:at] + b"\xff" + bundle[at:])
        yield Case(f"half a surrogate pair as bytes at {at}", bundle[:at] + b"\xed\xa0\x80" + bundle[at:])
        yield Case(f"a sequence that is cut, at {at}", bundle[:at] + b"\xf0\x9f\x8f" + bundle[at:])


def _texts() -> Iterator[Case]:
    """What is JSON to some readers, and other JSON to others."""
    credential, proof, bundle = genuine()
    text = bundle.decode()
    name = '"legalName": "'
    replacements = {
        "a duplicate key": ('"country": "KE"', '"country": "KE", "country": "AT"'),
        "a duplicate key with an equal value": ('"country": "KE"', '"country": "KE", "country": "KE"'),
        "a duplicate key, once escaped": ('"country": "KE"', '"country": "KE", "countr\\u0079": "KE"'),
        "a duplicate key with quotes": ('"country": "KE"', '"it\'s": 1, "it\'s": 2'),
        "a duplicate key that cannot be seen": ('"country": "KE"', '"\\u200b\\n": 1, "\\u200b\\n": 2'),
        "a duplicate __proto__": ('"country": "KE"', '"country": "KE", "__proto__": 1, "__proto__": 1'),
        "a key __proto__": ('"country": "KE"', '"country": "KE", "__proto__": {"sample": true}'),
        "a float": ("8250", "8250.0"),
        "an exponent": ("8250", "825e1"),
        "minus nothing": ("8250", "-0"),
        "a leading zero": ("8250", "08250"),
        "a bare minus": ("8250", "-"),
        "NaN": ("8250", "NaN"),
        "minus Infinity": ("8250", "-Infinity"),
        "an integer of 2^53": ("8250", "9007199254740992"),
        "an integer below 2^53": ("8250", "9007199254740991"),
        "an integer of 400 digits": ("8250", "9" * 400),
        "half a surrogate pair": (name, name + "\\ud83d"),
        "the other half": (name, name + "\\udfe8"),
        "an escaped pair": ("\U0001f3e8", "\\ud83c\\udfe8"),
        "the halves turned round": ("\U0001f3e8", "\\udfe8\\ud83c"),
        "a key with half a pair": ('"country"', '"\\ud800"'),
        "a control character": (name, name + "\x01"),
        "a bad escape": (name, name + "\\x41"),
        "a short escape": (name, name + "\\u12"),
        "single quotes": ('"KE"', "'KE'"),
        "a comment": ('"KE"', '"KE" /* Kenya */'),
        "no-break space between": ('"country": ', '"country":\u00a0'),
        "63 levels more": ('"KE"', "[" * 60 + "]" * 60),
        "too deep": ('"KE"', "[" * 64 + "]" * 64),
        "deeper than any stack": ('"KE"', "[" * 100_000),
    }
    for title, (old, new) in replacements.items():
        assert old in text, title
        yield Case(title, text.replace(old, new, 1).encode())
    yield Case("a trailing comma", text.replace('"KE",', '"KE",,', 1).encode(), told=False)
    yield Case("byte order mark", b"\xef\xbb\xbf" + bundle)
    yield Case("other spaces, same meaning", json.dumps(json.loads(text), separators=(",", ":")).encode())
    yield Case("everything escaped, same meaning", json.dumps(json.loads(text), ensure_ascii=True).encode())
    yield Case("keys in another order", json.dumps(_reversed(json.loads(text))).encode())
    yield Case("two objects", bundle + bundle)
    yield Case("no bytes", b"")
    yield Case("spaces only", b" \n")
    yield Case("unended text", b'"Para73')
    yield Case("a picture", b"\x89PNG\r\n\x1a\n" + bytes(64))
    yield Case("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    yield Case("more than two MiB", b" " * (2 * 1024 * 1024 - len(bundle) + 1) + bundle)
    yield Case("two MiB to the byte", b" " * (2 * 1024 * 1024 - len(bundle)) + bundle)
    yield Case("a proof alone", proof.encode())
    yield Case("the credential in a list", json.dumps([credential]).encode())


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(part) for key, part in reversed(value.items())}
    return [_reversed(part) for part in value] if isinstance(value, list) else value


def _structures() -> Iterator[Case]:
    """The bundle as it is, with one part put in another's place and nothing signed anew."""
    for title, change in {
        "no format": lambda b: b.pop("format"),
        "another format": lambda b: b.update(format="para73-bundle@2"),
        "a member more": lambda b: b.update(note="x"),
        "a list as credential": lambda b: b.update(credential=[]),
        "an object as proof": lambda b: b.update(proof={}),
        "no type": lambda b: b["credential"].pop("type"),
        "types in another order": lambda b: b["credential"]["type"].reverse(),
        "no subject": lambda b: b["credential"].pop("credentialSubject"),
        "a list of subjects": lambda b: b["credential"].update(credentialSubject=[]),
        "another issuer": lambda b: b["credential"].update(issuer="did:web:elsewhere.test"),
        "an issuer that a terminal obeys": lambda b: b["credential"].update(issuer="did:\x1b[2J'\u202e" + "x" * 60),
        "an object as issuer": lambda b: b["credential"].update(issuer={"id": ISSUER, "it's": [None, True, 3, '"']}),
        "no issuer": lambda b: b["credential"].pop("issuer"),
        "no proof inside": lambda b: b["credential"].pop("proof"),
        "two proofs inside": lambda b: b["credential"].update(proof=[b["credential"]["proof"]] * 2),
        "another score": lambda b: b["credential"]["credentialSubject"]["scores"]["declared"].update(scoreBp=9250),
        "another name": lambda b: b["credential"]["credentialSubject"].update(legalName="Test Hotels Ltd"),
        "another end": lambda b: b["credential"].update(validUntil="2028-03-01T09:00:00Z"),
        "no commitment of the sample": lambda b: b["credential"]["credentialSubject"].pop("sample"),
        "a context more": lambda b: b["credential"]["@context"].append("https://elsewhere.test/v1"),
    }.items():
        yield _changed(title, change)
    yield from (_changed(f"proof: {title}", _inside_proof(change)) for title, change in _PROOF_CHANGES.items())


_PROOF_CHANGES: Mapping[str, Callable[[Json], Any]] = {
    "another type": lambda p: p.update(type="Ed25519Signature2020"),
    "another cryptosuite": lambda p: p.update(cryptosuite="eddsa-rdfc-2022"),
    "another purpose": lambda p: p.update(proofPurpose="authentication"),
    "another time": lambda p: p.update(created="2026-03-01T09:00:01Z"),
    "a context more": lambda p: p["@context"].append("https://elsewhere.test/v1"),
    "contexts as text": lambda p: p.update({"@context": "https://www.w3.org/ns/credentials/v2"}),
    "no contexts": lambda p: p.pop("@context"),
    "a member more": lambda p: p.update(nonce="x"),
    "another key": lambda p: p.update(verificationMethod=key_id(ISSUER, OTHER_MULTIKEY)),
    "a number as key": lambda p: p.update(verificationMethod=7),
    "a number as value": lambda p: p.update(proofValue=7),
    "no z": lambda p: p.update(proofValue=p["proofValue"][1:]),
    "a letter that base58 leaves out": lambda p: p.update(proofValue=p["proofValue"][:-1] + "0"),
    "a letter beyond ASCII": lambda p: p.update(proofValue=p["proofValue"][:-1] + "é"),
    "a space at the end": lambda p: p.update(proofValue=p["proofValue"] + " "),
    "a wide space at the end": lambda p: p.update(proofValue=p["proofValue"] + "\u3000"),
    "a zero byte in front": lambda p: p.update(proofValue="z1" + p["proofValue"][1:]),
    "an empty value": lambda p: p.update(proofValue="z"),
    "a value too short": lambda p: p.update(proofValue=p["proofValue"][:-4]),
    "a value too long": lambda p: p.update(proofValue=p["proofValue"] * 2),
    "a value with its last letter changed": lambda p: p.update(
        proofValue=p["proofValue"][:-1] + ("2" if p["proofValue"][-1] != "2" else "3")
    ),
}


def _inside_proof(change: Callable[[Json], Any]) -> Callable[[Json], Any]:
    return lambda bundle: change(bundle["credential"]["proof"])


def _changed(title: str, change: Callable[[Json], Any]) -> Case:
    bundle = json.loads(genuine()[2])
    change(bundle)
    return Case(title, json.dumps(bundle).encode())


def _proof_lines() -> Iterator[Case]:
    """The credential untouched, a line of its inclusion proof altered."""
    head, note = genuine()[1].split("\n\n", 1)
    header, extra, index, *hashes = head.split("\n")
    with_hashes = {
        "hash missing": hashes[:-1],
        "hash too many": [*hashes, hashes[0]],
        "hashes exchanged": [hashes[1], hashes[0], *hashes[2:]],
        "hash of 31 bytes": ["A" * 40 + "AA==", *hashes[1:]],
        "hash not base64": ["!" + hashes[0][1:], *hashes[1:]],
        "hash in url-safe base64": [hashes[0][:-2] + "_=", *hashes[1:]],
        "hash with stray bits": [_stray(hashes[0]), *hashes[1:]],
        "hash padded twice": [hashes[0] + "=", *hashes[1:]],
        "hash padded for nothing": ["A" * 44 + "=", *hashes[1:]],
        "hash with a space": [hashes[0] + " ", *hashes[1:]],
        "64 hashes": [hashes[0]] * 64,
        "63 hashes": [hashes[0]] * 63,
    }
    for title, lines in with_hashes.items():
        yield _with_proof(title, "\n".join([header, extra, index, *lines]) + "\n\n" + note)
    for title, line in {
        "index 0": "index 0",
        "index of the last": "index 9",
        "index beyond": "index 10",
        "index with a zero in front": "index 05",
        "index with a sign": "index -5",
        "index of 2^63": f"index {2**63}",
        "index in other digits": "index ٥",
        "no index": "place 5",
    }.items():
        yield _with_proof(title, "\n".join([header, extra, line, *hashes]) + "\n\n" + note)
    for title, line in {
        "extra empty": "extra ",
        "extra not base64": "extra é",
        "extra not JSON": "extra bm8=",
        "extra of another entry": "extra ZW50cnkgNA==",
        "extra line left out": "",
        "extra longer than any": "extra " + "QUJD" * 21_846,
    }.items():
        yield _with_proof(title, "\n".join([header, *([line] if line else []), index, *hashes]) + "\n\n" + note)


def _proof_texts() -> Iterator[Case]:
    """The credential untouched, its inclusion proof or the checkpoint in it altered."""
    proof = genuine()[1]
    head, note = proof.split("\n\n", 1)
    first_hash = head.split("\n")[3]
    origin, size, root, _, signature = note.split("\n")[:5]
    for title, text in {
        "another version": proof.replace("proof@v1", "proof@v2"),
        "no border": head,
        "Windows line ends": proof.replace("\n", "\r\n"),
        "nothing": "",
        "note without its last newline": proof[:-1],
        "origin changed": proof.replace(f"\n{origin}\n", f"\n{origin}x\n"),
        "size changed": proof.replace(f"\n{size}\n", "\n11\n"),
        "size 0": proof.replace(f"\n{size}\n", "\n0\n"),
        "size with a zero in front": proof.replace(f"\n{size}\n", "\n010\n"),
        "root changed": proof.replace(root, first_hash),
        "root of 31 bytes": proof.replace(root, "A" * 40 + "AA=="),
        "an extension line": proof.replace(f"\n{root}\n", f"\n{root}\nmore\n"),
        "a control character": proof.replace(f"\n{origin}\n", f"\n{origin}\x0b\n"),
        "signature by nobody": proof.replace(signature, signature.replace(ORIGIN, "nobody")),
        "signature name with a plus": proof.replace(signature, signature.replace(ORIGIN, "no+body")),
        "signature name with a wide space": proof.replace(signature, signature.replace(ORIGIN, "no\u2003body")),
        "signature cut": proof.replace(signature, signature[:-8]),
        "signature of a key id only": proof.replace(signature, f"— {ORIGIN} AAAAAA=="),
        "signature line without its dash": proof.replace("— ", "- "),
        "a stranger's line more": proof + "— stranger.test AAAAAAAAAAA=\n",
        "the same signature twice": proof + signature + "\n",
        "a second signature that does not hold": proof + _broken(signature) + "\n",
        "101 signatures": proof + "— stranger.test AAAAAAAAAAA=\n" * 100,
        "half a surrogate pair": proof.replace(f"\n{origin}\n", f"\n{origin}\ud800\n"),
        "more characters than any proof": proof + "A" * 1_200_000,
        "more bytes than any note": proof + "é" * 600_000,
    }.items():
        yield _with_proof(title, text)


def _stray(hash_line: str) -> str:
    """Change bits that the padding hides: decoders that are not strict read the same bytes."""
    return hash_line[:-2] + chr(ord(hash_line[-2]) + 1) + "="


def _broken(signature: str) -> str:
    return signature[:-10] + ("A" if signature[-10] != "A" else "B") + signature[-9:]


def _with_proof(title: str, proof: str) -> Case:
    """Hand the proof over beside the credential; half a pair cannot be in a file, so this one is within a bundle."""
    credential = genuine()[0]
    if "\ud800" in proof:
        bundle = {"format": FORMAT, "credential": credential, "proof": proof}
        return Case(f"proof text: {title}", json.dumps(bundle).encode())
    return Case(f"proof text: {title}", canonical_bytes(credential), proof)


def _trusts() -> Iterator[Case]:
    bundle = genuine()[2]
    yield Case("trust: another issuer", bundle, trust=replace(TRUST, issuer="did:web:elsewhere.test"))
    yield Case("trust: another credential key", bundle, trust=replace(TRUST, credential_keys=(OTHER_MULTIKEY,)))
    yield Case("trust: the key among others", bundle, trust=replace(TRUST, credential_keys=(OTHER_MULTIKEY, MULTIKEY)))
    yield Case("trust: no credential key", bundle, trust=replace(TRUST, credential_keys=()))
    yield Case("trust: another log key", bundle, trust=replace(TRUST, log_vkey=OTHER_LOG.vkey))
    yield Case("trust: a log key of another name", bundle, trust=replace(TRUST, log_vkey=_named("other.test/log").vkey))


def _named(name: str) -> NoteKey:
    return NoteKey(name, LOG_KEY.public_key().public_bytes_raw())


def _signed_otherwise() -> Iterator[Case]:
    """What only the holder of the issuer's or the log's key could make."""
    changes: dict[str, Callable[[Json], Any]] = {
        "without an end": lambda c: c.pop("validUntil"),
        "with an end in another form": lambda c: c.update(validUntil="2027-03-01T09:00:00+00:00"),
        "with an end in small letters": lambda c: c.update(validUntil="2027-03-01t09:00:00z"),
        "with an end of one digit": lambda c: c.update(validUntil="2027-3-1T9:00:00Z"),
        "with an end on 31 February": lambda c: c.update(validUntil="2027-02-31T09:00:00Z"),
        "with an end on 29 February": lambda c: c.update(validUntil="2028-02-29T09:00:00Z"),
        "with an end at 24:00": lambda c: c.update(validUntil="2027-03-01T24:00:00Z"),
        "with an end in a leap second": lambda c: c.update(validUntil="2027-03-01T09:00:60Z"),
        "with an end in the year 0": lambda c: c.update(validUntil="0000-03-01T09:00:00Z"),
        "with an end in the year 99": lambda c: c.update(validUntil="0099-03-01T09:00:00Z"),
        "with a number as end": lambda c: c.update(validUntil=2027),
        "without a beginning": lambda c: c.pop("validFrom"),
        "with no scores": lambda c: c["credentialSubject"].pop("scores"),
        "with a list of scores": lambda c: c["credentialSubject"].update(scores=[1]),
        "with a score that is a text": lambda c: c["credentialSubject"]["scores"].update(declared="high"),
        "with sample 1": lambda c: c["credentialSubject"].update(sample=1),
        "with a number as id": lambda c: c.update(id=7),
        "with another id": lambda c: c.update(id="http://para73.test/attestations/another"),
        "with keys beyond the first plane": lambda c: c["credentialSubject"].update({"\U0001f3e8": 1, "\uffee": 2}),
        "with control characters": lambda c: c["credentialSubject"].update(legalName='a\x00\x07\b\f\n\r\t\x1f\x7f"\\/'),
        "with a lone context": lambda c: c.update({"@context": "https://www.w3.org/ns/credentials/v2"}),
        "with an inline context": lambda c: c.update({"@context": [{"b": 1, "a": [True, None]}]}),
    }
    for title, change in changes.items():
        yield Case(f"signed {title}", bundle_of(Making(change=change)))
    yield Case("signed by a stranger", bundle_of(Making(key=STRANGER)))
    entries: dict[str, Callable[[LogStatement], bytes]] = {
        "superseded": lambda s: entry_bytes(replace(s, type="superseded")),
        "of another id": lambda s: entry_bytes(replace(s, id="another")),
        "of another digest": lambda s: entry_bytes(replace(s, digest="sha-256:" + "0" * 64)),
        "with what it follows": lambda s: entry_bytes(replace(s, previous="sha-256:" + "1" * 64)),
        "with spaces": lambda s: entry_bytes(s).replace(b'","', b'", "'),
        "with a member more": lambda s: entry_bytes(s)[:-1] + b',"z":"1"}',
        "with a number": lambda s: canonical_bytes({**json.loads(entry_bytes(s)), "previous": 1}),
        "of an unknown type": lambda s: canonical_bytes({**json.loads(entry_bytes(s)), "type": "seen"}),
        "with a space in its id": lambda s: canonical_bytes({**json.loads(entry_bytes(s)), "id": "a b"}),
        "with an upper-case digest": lambda s: canonical_bytes({**json.loads(entry_bytes(s)), "digest": "sha-256:A"}),
        "with a day that is none": lambda s: canonical_bytes(
            {**json.loads(entry_bytes(s)), "at": "2026-02-30T00:00:00Z"}
        ),
        "with a time in another form": lambda s: canonical_bytes({**json.loads(entry_bytes(s)), "at": "2026-03-01"}),
        "that is a list": lambda s: b"[]",
    }
    for title, entry in entries.items():
        yield Case(f"logged as an entry {title}", bundle_of(Making(entry=entry)))
    yield Case("logged in another log", bundle_of(Making(origin="other.test/log", signer="other.test/log")))
    yield Case("logged in another log by the log's key", bundle_of(Making(origin="other.test/log")))
    yield Case("logged by a stranger", bundle_of(Making(log_key=STRANGER)))
    yield Case("logged without the entry", bundle_of(Making(proof=lambda proof: replace(proof, extra=None))))
    yield Case("logged, a proof of another place", bundle_of(Making(proof=lambda proof: replace(proof, index=4))))
