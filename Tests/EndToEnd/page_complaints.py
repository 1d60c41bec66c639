"""What a page in a browser complains of."""


def complaints_of(page) -> list[str]:
    """The list to which are added, from now on, errors and warnings of the console, exceptions, and answers that refuse or fail."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"console: {message.text}") if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    return complaints
