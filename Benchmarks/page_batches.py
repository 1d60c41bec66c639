"""The requests that the page sends for a dashboard, as the page itself sends them: a browser opens it and what it asks is kept.

Nothing of web/app is written a second time here, so nothing can drift from it.
"""

import datetime
import json
import time

from playwright.sync_api import sync_playwright

VIEW = {"width": 1440, "height": 900}
QUIET_SECONDS = 1.5  # so long nothing more is asked before a page counts as asked for


def milliseconds(text: str) -> int:
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def text(milliseconds_: int) -> str:
    moment = datetime.datetime.fromtimestamp(milliseconds_ / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds_ % 1000:03d}Z"


AGES_OF_A_PACE = 4  # SHARED_AGE of web/app/refresher.js: an answer as old as a quarter of the pace will do


def moved(body: dict, seconds: float) -> dict:
    """The batch as the page asks it so much later: ends of ranges go on with the clock, in steps of its pace, beginnings too unless they stand on a bucket's edge."""
    shift = round(seconds * 1000)

    def later(time_: str, pace: int) -> str:
        return text(-(-(milliseconds(time_) + shift) // pace) * pace)

    def one(query: dict) -> dict:
        pace = int(query.get("max_age", "0ms").removesuffix("ms")) * AGES_OF_A_PACE or 1
        moved_ = {**query, "to": later(query["to"], pace)}
        if "every" not in query:
            moved_["from"] = later(query["from"], pace)
        return moved_

    return {**body, "queries": [one(query) if "to" in query else query for query in body["queries"]]}


def without_known(body: dict) -> dict:
    """The batch of a page that has just been opened."""
    return {**body, "queries": [{name: value for name, value in query.items() if name != "known"} for query in body["queries"]]}


def of_now(body: dict) -> dict:
    """The batch of somebody who wants no answer that was given to another."""
    return {**body, "queries": [{name: value for name, value in query.items() if name != "max_age"} for query in body["queries"]]}


def with_known(body: dict, answers: list[dict]) -> dict:
    """The batch of a page that has these answers."""
    queries = [{**query, "known": answer["hash"]} if "hash" in answer else query for query, answer in zip(body["queries"], answers, strict=True)]
    return {**body, "queries": queries}


def asked_once(bodies: list[dict]) -> list[dict]:
    """The batches without the questions that an earlier one has asked: a page that is scrolled through asks some again."""
    seen, kept = set(), []
    for body in bodies:
        queries = []
        for query in without_known(body)["queries"]:
            name = json.dumps({key: value for key, value in query.items() if key not in ("from", "to")}, sort_keys=True) + str(round(milliseconds(query["to"]) / 60_000) if "to" in query else "")
            if name not in seen:
                queries.append(query)
            seen.add(name)
        if queries:
            kept.append({**body, "queries": queries})
    return kept


class Questions:
    """The batches that a page asks: those that were answered, and how many are not yet."""

    def __init__(self, page):
        self.page, self.answered, self.open = page, [], 0
        page.on("request", lambda request: self.count(request, 1))
        # What the page called off because more came into view counts where it was asked again.
        page.on("requestfailed", lambda request: self.count(request, -1))
        page.on("requestfinished", lambda request: self.count(request, -1) and self.answered.append(json.loads(request.post_data)))

    def count(self, request, change: int) -> bool:
        is_batch = request.url.endswith("/api/v1/panels/query")
        self.open += change if is_batch else 0
        return is_batch

    def wait_until_quiet(self) -> None:
        """Returns when nothing was open for a while: over a store that is read for the first time answers take long."""
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            self.page.wait_for_timeout(100)
            if self.open > 0:
                quiet_since = time.monotonic()


def record(url: str, pages: list[str], search: str) -> dict[str, list[dict]]:
    """Opens each page of the server, scrolls through it, and returns the batches that it asked, by page.

    `search` is what else stands in the address, for example `from=now-90d&refresh=off`.
    """
    found: dict[str, list[dict]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for page_id in pages:
            context = browser.new_context(viewport=VIEW)
            page = context.new_page()
            questions = Questions(page)
            page.goto(f"{url}/?page={page_id}&{search}")
            page.wait_for_selector(".page")
            seen = -1
            while seen != len(questions.answered):
                seen = len(questions.answered)
                page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
                questions.wait_until_quiet()
                page.evaluate("window.scrollBy(0, -600)")
                questions.wait_until_quiet()
            found[page_id] = asked_once(questions.answered)
            context.close()
        browser.close()
    return found
