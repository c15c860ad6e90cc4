"""Signing keys: one contract for a key in a file and its memory twin; and a file that others could read is refused."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.adapters.signing import FileSigner, MemorySigner, Signer, load_secret
from backend.kernel.errors import Unavailable

OPEN_MODES = [0o640, 0o604, 0o644, 0o660, 0o666, 0o610, 0o777]


@pytest.fixture(params=["file", "memory"])
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> MemorySigner:
    return FileSigner(tmp_path / "keys" / "log.pem") if request.param == "file" else MemorySigner()


def verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_a_signature_is_64_bytes_that_the_32_bytes_of_the_public_key_verify(signer: Signer) -> None:
    for message in (b"", b"a message", b"x" * 100_000):
        signature = signer.sign(message)
        assert (len(signer.public_key), len(signature)) == (32, 64)
        assert verifies(signer.public_key, signature, message)
        assert not verifies(signer.public_key, signature, message + b".")
        assert signature == signer.sign(message)


def test_a_signer_can_be_told_to_fail_and_recovers(signer: MemorySigner) -> None:
    signer.fail_next = 2
    for _ in range(2):
        with pytest.raises(Unavailable):
            signer.sign(b"a message")
    assert verifies(signer.public_key, signer.sign(b"a message"), b"a message")


def test_two_signers_have_two_keys(tmp_path: Path) -> None:
    made = [FileSigner(tmp_path / "a.pem"), FileSigner(tmp_path / "b.pem"), MemorySigner(), MemorySigner()]
    assert len({one.public_key for one in made}) == 4


def test_a_key_in_a_file_is_made_once_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log.pem"
    first = FileSigner(path)
    content = path.read_bytes()
    assert FileSigner(path).public_key == first.public_key
    assert path.read_bytes() == content
    assert [one.name for one in path.parent.iterdir()] == ["log.pem"]


def test_many_who_start_at_once_share_one_key_and_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: FileSigner(tmp_path / "log.pem").public_key, range(16)))
        secrets = list(pool.map(lambda _: load_secret(tmp_path / "forms.secret"), range(16)))
    assert len(set(keys)) == 1
    assert len(set(secrets)) == 1
    assert len(bytes.fromhex(secrets[0])) == 32


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_keys_are_readable_by_their_owner_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        FileSigner(tmp_path / "keys" / "log.pem")
        load_secret(tmp_path / "keys" / "forms.secret")
    finally:
        os.umask(before)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "keys").iterdir()}
    assert modes == {"log.pem": 0o600, "forms.secret": 0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("mode", OPEN_MODES)
def test_a_key_that_others_can_reach_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    key, secret = tmp_path / "log.pem", tmp_path / "forms.secret"
    FileSigner(key)
    load_secret(secret)
    for path in (key, secret):
        path.chmod(mode)
    for path, load in ((key, FileSigner), (secret, load_secret)):
        with pytest.raises(Unavailable) as caught:
            load(path)
        assert f"chmod 600 {path}" in caught.value.message
        assert f"{mode:o}" in caught.value.message
    for path in (key, secret):
        path.chmod(0o600)
    FileSigner(key)
    load_secret(secret)


@pytest.mark.parametrize(
    "content", [b"", b"no key at all", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_that_holds_no_key_is_refused_and_not_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Unavailable, match=r"log\.pem"):
        FileSigner(path)
    assert path.read_bytes() == content


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.pem"
    other = generate_private_key(SECP256R1())
    path.write_bytes(
        other.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    path.chmod(0o600)
    with pytest.raises(Unavailable, match="not an Ed25519 key"):
        FileSigner(path)


def test_a_secret_that_is_too_short_to_sign_forms_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "forms.secret"
    for content in (b"", b"  \n", b"short"):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(Unavailable, match=r"forms\.secret"):
            load_secret(path)
