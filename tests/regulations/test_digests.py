"""An auditor finds the content of a rule by the digest that a grant names."""

from ledger.service import digests, rulebook

PUBLISHED = rulebook.FOLDER / "digests.txt"


def test_every_content_in_force_is_in_the_list_of_digests() -> None:
    lines = PUBLISHED.read_text("utf-8").splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    in_force = {f"{scheme.digest} {scheme.id}" for scheme in rulebook.load().schemes.values()}
    assert in_force <= listed, "a regulation changed: add its line, change none"


def test_layout_and_comments_do_not_change_a_digest_and_content_does() -> None:
    text = (rulebook.FOLDER / "be-vlg" / "vov.yaml").read_text("utf-8")
    digest = digests.digest_of(text)
    assert digests.digest_of("# a remark\n" + text.replace("values: {", "values:  { ")) == digest
    assert digests.digest_of(text.replace("125", "126")) != digest
