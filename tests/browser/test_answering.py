"""Answering: nothing typed is lost, whatever the network, the session and the colleagues do."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Route, expect

from backend.commands.samples import SAMPLE_PASSWORD
from tests.browser.conftest import Watch
from tests.browser.people import EDITOR, OWNER, SIGNATORY, Card, a_draft, a_page, member, open_section, sign_in

REASON = "We rated every supplier in May, and none is of high risk."


async def test_an_answer_saves_itself_says_so_in_words_and_is_there_after_a_reload(watch: Watch) -> None:
    page, _ = await a_page(watch, "core-policy")
    policy, budget = Card(page, "C01"), Card(page, "C02b")
    async with policy.answered():
        await policy.option("3").check()
    await expect(policy.state).to_have_text(re.compile(r"^Saved at \d\d:\d\d by Alex Sample$"))
    async with budget.answered():
        await budget.value.fill("12500.50")
    await budget.is_saved()
    await budget.root.get_by_text("Note for whoever reads this answer").click()
    async with budget.answered():
        await budget.note.fill("In euros.")
    await budget.is_saved()
    await page.reload()
    await expect(policy.option("3")).to_be_checked()
    await expect(budget.value).to_have_value("12500.50")
    await expect(budget.note).to_have_value("In euros.")
    await expect(policy.state).to_have_text(re.compile(r"^Saved by Alex Sample, \d+ \w+ \d{4}, \d\d:\d\d$"))
    await expect(page.get_by_role("button", name="Save this answer")).to_have_count(0)


async def test_what_is_typed_while_an_earlier_save_is_under_way_is_saved_as_well(watch: Watch) -> None:
    page, _ = await a_page(watch, "core-policy")
    budget = Card(page, "C02b")
    release = asyncio.Event()

    async def slow(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await page.route("**/answers/C02b", slow)
    async with page.expect_request("**/answers/C02b"):
        await budget.value.fill("1")
    await budget.value.fill("1234")
    await expect(budget.state).to_have_text("Saving ...")
    async with page.expect_response(lambda got: "value=1234" in (got.request.post_data or "")):
        release.set()
    await page.unroute("**/answers/C02b")
    await budget.is_saved()
    await page.reload()
    await expect(budget.value).to_have_value("1234")


async def test_a_wrong_value_is_refused_with_what_would_be_right_and_stays_in_the_form(watch: Watch) -> None:
    watch.expect("422")
    page, draft = await a_page(watch, "core-policy")
    share = Card(page, "C02c")
    async with share.answered():
        await share.value.fill("101")
    await expect(share.state).to_contain_text("Not saved. Give a percentage from 0 to 100")
    await expect(share.value).to_have_value("101")
    other = await member(watch, EDITOR, f"{draft}/sections/core-policy")
    await expect(Card(other, "C02c").value).to_have_value("")
    async with share.answered():
        await share.value.fill("82,5")
    await share.is_saved()
    await other.reload()
    await expect(Card(other, "C02c").value).to_have_value("82.5")


async def test_typing_offline_is_kept_and_said_and_saved_once_the_network_is_back(watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page, draft = await a_page(watch, "core-policy")
    budget = Card(page, "C02b")
    await page.context.set_offline(True)
    await budget.value.fill("700")
    await expect(budget.state).to_have_text("Not saved: no connection. It is kept in this browser and tried again.")
    async with budget.answered():
        await page.context.set_offline(False)
    await budget.is_saved()
    other = await member(watch, EDITOR, f"{draft}/sections/core-policy")
    await expect(Card(other, "C02b").value).to_have_value("700")


async def test_what_was_typed_offline_survives_the_tab_and_is_saved_on_the_next_visit(watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page, draft = await a_page(watch, "core-policy")
    await page.context.set_offline(True)
    budget = Card(page, "C02b")
    await budget.value.fill("800")
    await expect(budget.state).to_contain_text("Not saved")
    second = await page.context.new_page()
    await page.close()
    await page.context.set_offline(False)
    again = Card(second, "C02b")
    async with again.answered():
        await open_section(second, draft, "core-policy")
    await again.is_saved()
    await expect(again.value).to_have_value("800")


async def test_leaving_with_something_unsaved_asks_first(watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page, _ = await a_page(watch, "core-policy")
    await page.context.set_offline(True)
    await Card(page, "C02b").value.press_sequentially("9")
    await expect(Card(page, "C02b").state).to_contain_text("Not saved")
    asked = asyncio.Event()

    async def stay(dialog: object) -> None:
        asked.set()
        await dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    await page.close(run_before_unload=True)
    await asyncio.wait_for(asked.wait(), 5)
    await expect(Card(page, "C02b").value).to_have_value("9")


async def test_an_ended_session_keeps_the_text_and_leads_back_to_it(watch: Watch) -> None:
    watch.expect("401")
    page = await watch.open("/sign-in")
    await sign_in(page, EDITOR, SAMPLE_PASSWORD)
    draft = await a_draft(page)
    await open_section(page, draft, "core-policy")
    other = await page.context.new_page()
    await other.goto("/assessments")
    await other.get_by_role("button", name="Sign out").click()
    await other.wait_for_url(f"{watch.base}/")
    budget = Card(page, "C02b")
    async with budget.answered():
        await budget.value.fill("900")
    await expect(budget.state).to_contain_text("Not saved: you are signed out. It is kept in this browser")
    link = budget.state.get_by_role("link", name="Sign in")
    await other.goto(str(await link.get_attribute("href")))
    await other.get_by_label("E-mail address").fill(EDITOR)
    await other.get_by_label("Password").fill(SAMPLE_PASSWORD)
    again = Card(other, "C02b")
    async with again.answered():
        await other.get_by_role("button", name="Sign in").click()
    await again.is_saved()
    await expect(again.value).to_have_value("900")


async def two_people(watch: Watch) -> tuple[Card, Card]:
    """Return the same question in front of an editor and an owner; the editor answered level 2 first, the owner 4."""
    watch.expect("409")
    page, draft = await a_page(watch, "core-policy")
    owner = await member(watch, OWNER, f"{draft}/sections/core-policy")
    first, second = Card(page, "C01"), Card(owner, "C01")
    async with first.answered():
        await first.option("2").check()
    await first.is_saved()
    async with second.answered():
        await second.option("4").check()
    return first, second


async def test_the_second_of_two_people_sees_the_newer_answer_and_loses_nothing(watch: Watch) -> None:
    first, second = await two_people(watch)
    box = second.root.get_by_role("alert")
    await expect(box).to_contain_text(re.compile(r"Alex Sample answered this at \d\d:\d\d, while you did:"))
    await expect(box.locator("blockquote")).to_contain_text("2, A written policy is in force")
    await expect(second.state).to_have_text("Not saved yet: choose below which answer stands.")
    await expect(second.option("4")).to_be_checked()
    async with second.answered():
        await box.get_by_role("button", name="Save mine over it").click()
    await second.is_saved()
    await expect(box).to_have_count(0)
    await first.page.reload()
    await expect(first.option("4")).to_be_checked()


async def test_the_second_of_two_people_can_keep_what_the_first_said(watch: Watch) -> None:
    first, second = await two_people(watch)
    await second.root.get_by_role("button", name="Keep theirs").click()
    await expect(second.option("2")).to_be_checked()
    await expect(second.root.get_by_role("alert")).to_have_count(0)
    await first.page.reload()
    await expect(first.option("2")).to_be_checked()


async def test_what_was_kept_offline_meets_a_newer_answer_without_overwriting_it(watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    watch.expect("409")
    page, draft = await a_page(watch, "core-policy")
    mine = Card(page, "C02b")
    await page.context.set_offline(True)
    await mine.value.fill("111")
    await expect(mine.state).to_contain_text("Not saved")
    second = await page.context.new_page()
    await page.close()
    owner = await member(watch, OWNER, f"{draft}/sections/core-policy")
    theirs = Card(owner, "C02b")
    async with theirs.answered():
        await theirs.value.fill("222")
    await theirs.is_saved()
    await second.context.set_offline(False)
    again = Card(second, "C02b")
    async with again.answered():
        await open_section(second, draft, "core-policy")
    await expect(again.root.locator("blockquote")).to_have_text("222")
    await expect(again.value).to_have_value("111")


async def test_questions_come_up_and_go_at_once_with_the_answer_they_hang_on(watch: Watch) -> None:
    page, _ = await a_page(watch, "tourism-policy")
    joined, plan = Card(page, "T02"), Card(page, "T02b")
    await expect(plan.root).to_be_hidden()
    async with joined.answered():
        await joined.option("member").check()
    await expect(plan.root).to_be_visible()
    await expect(Card(page, "T02c").root).to_be_visible()
    await expect(joined.state).to_have_text(re.compile(r"by Alex Sample\. 2 more questions are asked now$"))
    async with plan.answered():
        await plan.value.fill("2026-03-01")
    async with joined.answered():
        await joined.option("none").check()
    await expect(Card(page, "T02c").root).to_be_hidden()
    mark = plan.root.get_by_text("No longer asked: your answer is kept, and does not count")
    await expect(mark).to_be_visible()
    await page.reload()
    await expect(mark).to_be_visible()
    async with joined.answered():
        await joined.option("member").check()
    await expect(mark).to_be_hidden()
    await expect(plan.value).to_have_value("2026-03-01")


async def test_an_earlier_answer_empties_a_later_section_and_its_progress_says_so(watch: Watch) -> None:
    page, draft = await a_page(watch, "core-profile")
    suppliers = Card(page, "P04")
    shown = page.locator("[data-section=core-suppliers] [data-count]")
    own = page.locator("[data-section=core-profile] [data-count]")
    await expect(shown).to_have_text("0 of 4")
    await expect(own).to_have_text("0 of 3")
    async with suppliers.answered():
        await suppliers.option("none").check()
    await expect(shown).to_have_text("not asked")
    await expect(own).to_have_text("1 of 3")
    await open_section(page, draft, "core-suppliers")
    await expect(page.get_by_text("Nothing is asked here")).to_be_visible()
    await expect(page.locator("article[data-question]:visible")).to_have_count(0)


async def test_a_finished_section_says_done(watch: Watch) -> None:
    page, draft = await a_page(watch, "core-profile")
    for card in (Card(page, "P01"), Card(page, "P04"), Card(page, "P05")):
        async with card.answered():
            await card.kind("We do not know").check()
    await expect(page.locator("[data-section=core-profile] [data-count]")).to_have_text("done")
    await page.goto(draft)
    await expect(page.get_by_role("link", name="Your organisation done")).to_be_visible()
    await expect(page.get_by_text(re.compile(r"^3 of \d+ answered$"))).to_be_visible()


async def test_not_applicable_is_saved_only_with_a_reason(watch: Watch) -> None:
    watch.expect("422")
    page, draft = await a_page(watch, "core-suppliers")
    card = Card(page, "C05")
    await expect(card.root.get_by_label("Why it does not apply")).to_be_hidden()
    await card.kind("Does not apply to us").check()
    reason = card.root.get_by_label("Why it does not apply")
    await expect(reason).to_be_focused()
    await expect(card.state).to_have_text("Say why it does not apply; then it is saved.")
    async with card.answered():
        await reason.fill("n/a")
    await expect(card.state).to_contain_text("Not saved. Say in 10 to 2000 characters why this does not apply")
    other = await member(watch, EDITOR, f"{draft}/sections/core-suppliers")
    await expect(Card(other, "C05").kind("Does not apply to us")).not_to_be_checked()
    async with card.answered():
        await reason.fill(REASON)
    await card.is_saved()
    await other.reload()
    await expect(Card(other, "C05").kind("Does not apply to us")).to_be_checked()
    await expect(Card(other, "C05").root.get_by_label("Why it does not apply")).to_have_value(REASON)
    await expect(Card(other, "C01").kind("Does not apply to us")).to_have_count(0)


async def test_do_not_know_sets_a_choice_aside_and_brings_it_back(watch: Watch) -> None:
    page, _ = await a_page(watch, "core-policy")
    card = Card(page, "C01")
    async with card.answered():
        await card.option("3").check()
    async with card.answered():
        await card.kind("We do not know").check()
    await expect(card.option("3")).not_to_be_checked()
    async with card.answered():
        await card.kind("As given above").check()
    await card.is_saved()
    await expect(card.option("3")).to_be_checked()
    async with card.answered():
        await card.root.get_by_role("button", name="Clear").click()
    await expect(card.state).to_have_text(re.compile(r"^Cleared at \d\d:\d\d by Alex Sample$"))
    await page.reload()
    await expect(card.root.locator("[name=value]:checked")).to_have_count(0)


async def test_who_may_only_read_sees_the_answers_and_nothing_to_change_them_with(watch: Watch) -> None:
    page, draft = await a_page(watch, "core-policy")
    card = Card(page, "C01")
    async with card.answered():
        await card.option("3").check()
    reader = await member(watch, SIGNATORY, f"{draft}/sections/core-policy")
    await expect(reader.get_by_text("Your role lets you read these answers.")).to_be_visible()
    await expect(Card(reader, "C01").option("3")).to_be_checked()
    await expect(Card(reader, "C01").root).to_contain_text("Answered by Alex Sample")
    await expect(Card(reader, "C02").root).to_contain_text("Not answered.")
    await expect(reader.locator("main").get_by_role("button")).to_have_count(0)
    await expect(reader.locator("main :is(input, textarea):not([type=hidden]):enabled")).to_have_count(0)


async def test_a_section_can_be_answered_by_keyboard_alone(watch: Watch) -> None:
    page, _ = await a_page(watch, "core-profile")
    people, suppliers = Card(page, "P01"), Card(page, "P04")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    for _ in range(40):
        if await people.value.evaluate("field => field === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    async with people.answered():
        await page.keyboard.type("120")
    await people.is_saved()
    await page.keyboard.press("Tab")
    await expect(people.kind("As given above")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(people.note).to_be_focused()
    async with people.answered():
        await page.keyboard.type("Counted in June.")
    await page.keyboard.press("Tab")
    await expect(people.root.get_by_role("button", name="Clear")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(suppliers.value.first).to_be_focused()
    async with suppliers.answered():
        await page.keyboard.press("ArrowDown")
    await expect(suppliers.option("suppliers")).to_be_checked()
    await suppliers.is_saved()
