"""Where `rugzak` and `python -m ops` begin: with little, for processes beside load it again."""


def main() -> None:
    """Run the command that was typed."""
    from ops.cli import main as typed  # noqa: PLC0415  with all commands, which no worker needs

    typed()


if __name__ == "__main__":
    main()
