"""Text and names as DuckDB writes them. Pure."""


def text(value: str) -> str:
    """A DuckDB string literal."""
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    """A DuckDB identifier."""
    return '"' + column.replace('"', '""') + '"'
