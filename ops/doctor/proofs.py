"""The doctor's look at the published tree: whether there is one, and who else knows of it."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.proofs.kept import copies, known
from ops.doctor.findings import Finding, note, well, wrong
from ops.proofs.proving import NoProofs, published_keys, signer, tree_folder
from ops.proofs.witnessing import witnesses
from ops.settings import Settings, SettingsError, variable

PROOFS: Final = "proofs"


def proven(settings: Settings) -> Iterator[Finding]:
    """Say whether the log is proven, by which checkpoint, and whether somebody else keeps it."""
    if settings.audit_key_file is None:
        text = "nothing shows that the log was not changed"
        yield note(PROOFS, text, "`rugzak audit keys generate` begins a tree of it")
        return
    folder = tree_folder(settings)
    try:
        key = signer(settings).verifier
        keys = published_keys(folder)
    except SettingsError as error:
        for each in error.findings:
            yield wrong(PROOFS, each, "correct it; until then no checkpoint is made")
        return
    except NoProofs as error:
        yield note(PROOFS, str(error), "or let `rugzak up` run: it makes one each minute")
        return
    found = known(copies(folder), [], keys)
    for finding in found.findings:
        yield wrong(PROOFS, finding.text, "`rugzak audit verify` tells more")
    if keys.all[-1].verifier != key:
        text = f"the key in {settings.audit_key_file} is not the one that signs now"
        yield wrong(PROOFS, text, f"name the file of {keys.all[-1].verifier}")
    if found.head is not None and not found.findings:
        yield well(PROOFS, f"{found.head.size} leaves are signed, in {folder.path}")
    if not witnesses(settings, None):
        text = "nobody else keeps the checkpoints: who has database and key can rewrite the past"
        yield note(PROOFS, text, f"set {variable('audit_witness_folder')} or another witness")
