"""What identifies a regulation: the digest of its content, however its file is laid out."""

import hashlib
import json

import yaml

from ledger.domain.regulation import DIGEST_DIGITS
from ledger.service import marked, translated


def digest_of(text: str) -> str:
    """Return the digest of a regulation's content, by which a basis names it.

    An auditor checks with it that an old file, e.g. from version control, is the one meant.
    """
    return sha256_of(content_of(marked.compose(text.encode())))[:DIGEST_DIGITS]


def content_of(root: yaml.Node) -> str:
    """Return a regulation's content as canonical JSON: what a digest covers."""
    return json.dumps(translated.content(root), sort_keys=True)


def sha256_of(content: str) -> str:
    """Return the SHA-256 of a content, in hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()
