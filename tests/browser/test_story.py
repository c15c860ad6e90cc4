"""A hotel chain's story in a real browser: from sign-up to a published attestation that an NGO reads, with script and
without.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Page, expect

from backend.adapters import clock
from backend.commands.samples import sample_answer
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import QuestionType
from tests.browser.conftest import NARROW, LiveServer, Watch
from tests.browser.people import ASSESSMENT, POLICY, Card, answer_section, open_section, sign_in, sign_up
from tests.world import PASSWORD

BASES = ("Declared", "Evidenced", "Verified")
QUERY = """query ($name: String!) { publishedScores(search: $name) { nodes {
  company { name country } declared { scoreBp } evidenced { scoreBp } verified { scoreBp } attestation { id } } } }"""


async def ask(live: LiveServer, query: str, variables: dict[str, Any], token: str = "") -> Any:
    """Return what GraphQL answers, as a member where a token is given."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=live.base, headers=headers) as client:
        told = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in told, told
    return told["data"]


async def start(page: Page) -> str:
    await page.get_by_role("button", name="Start the assessment").click()
    await page.wait_for_url(ASSESSMENT)
    return urlsplit(page.url).path


async def publish(page: Page, company: str) -> str:
    """Press the button and wait while the log covers it; return the attestation's id."""
    await page.get_by_role("button", name="Publish the attestation").click()
    await page.wait_for_url("**/attestations/*")
    await expect(page.get_by_role("heading", name=company)).to_be_visible(timeout=20_000)
    return page.url.rsplit("/", 1)[1]


async def figures(page: Page) -> list[str]:
    """Return the three scores as the page shows them, declared first."""
    shown = await page.locator(".bases .figure-large").all_inner_texts()
    return [one.replace("of 100", "").strip() for one in shown]


async def test_a_hotel_chain_goes_from_sign_up_to_published(watch: Watch, live: LiveServer) -> None:
    company = "Test Blue Bay Hotels Ltd"
    owner = await watch.open()
    await sign_up(owner, company, "amina@bluebay.example")
    signatory = await the_signatory_joins(watch, owner)
    await owner.goto("/assessments")
    draft = await start(owner)
    await everything_is_answered(owner, draft)
    await owner.goto(f"{draft}/review")
    await owner.get_by_role("button", name="Submit and see the scorecard").click()
    await owner.wait_for_url("**/scorecard")
    scores = await figures(owner)
    assert len(scores) == len(BASES)
    assert scores[0] != "0"
    await signatory.goto("/assessments")
    await signatory.get_by_role("link", name="Read and approve").click()
    assert await figures(signatory) == scores
    await signatory.get_by_role("button", name="Approve as signatory").click()
    await expect(signatory.get_by_text("Approved", exact=True)).to_be_visible()
    attestation = await publish(signatory, company)
    assert await figures(signatory) == scores
    await the_ngo_reads_it(watch, live, company, attestation, scores)
    await owner.goto(draft)
    await expect(owner.get_by_text("A published assessment is never edited.")).to_be_visible()
    await open_section(owner, draft, "core-policy")
    await expect(owner.locator("main :is(input, textarea):not([type=hidden]):enabled")).to_have_count(0)


async def the_signatory_joins(watch: Watch, owner: Page) -> Page:
    """Invite a signatory, twice, because the first link got lost: only the newer one opens anything."""
    watch.expect("404")
    await owner.goto("/members")
    await owner.get_by_label("Name", exact=True).fill("Kim Test")
    await owner.get_by_label("E-mail address").fill("kim@bluebay.example")
    await owner.locator("[name=roles][value=editor]").uncheck()
    await owner.locator("[name=roles][value=signatory]").check()
    await owner.get_by_role("button", name="Invite", exact=True).click()
    lost = await owner.locator(".copy code").inner_text()
    await owner.get_by_role("button", name="Make a new link for Kim Test").click()
    link = await owner.locator(".copy code").inner_text()
    assert link != lost
    page = await watch.open(lost)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Accept and sign in").click()
    await expect(page.get_by_text("This invitation was used already or is out of date.")).to_be_visible()
    await page.goto(link)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Accept and sign in").click()
    await page.wait_for_url("**/assessments")
    await expect(page.get_by_text("An owner or editor of your organisation starts one.")).to_be_visible()
    return page


async def everything_is_answered(page: Page, draft: str) -> None:
    """Answer by hand, section by section; what is missing is listed meanwhile, with links that lead to it."""
    await page.get_by_role("link", name="Begin with the first question").click()
    await page.wait_for_url("**/sections/core-profile#P01")
    answered = await answer_section(page)
    await page.goto(f"{draft}/review")
    await expect(page.get_by_role("button", name="Submit and see the scorecard")).to_have_count(0)
    missing = await page.locator(".link-list a").count()
    await expect(page.get_by_text(f"{missing} questions are still open")).to_be_visible()
    await page.get_by_role("link", name=re.compile("^C12 ")).click()
    await page.wait_for_url("**/sections/core-response#C12")
    await expect(page.locator("#C12")).to_be_in_viewport()
    await page.goto(draft)
    for section in await page.locator(".sections a").evaluate_all("links => links.map((link) => link.pathname)"):
        await page.goto(section)
        answered += await answer_section(page)
    policy = Card(page, "C01")
    await open_section(page, draft, "core-policy")
    await policy.attach(POLICY)
    await expect(policy.attached).to_have_count(1)
    await page.goto(f"{draft}/review")
    await expect(page.get_by_text("Every question is answered")).to_be_visible()
    unproven = page.get_by_role("region", name="Answers without evidence")
    await expect(unproven.get_by_role("link", name=re.compile("^C02 "))).to_be_visible()
    await expect(unproven.get_by_role("link", name=re.compile("^C01 "))).to_have_count(0)
    assert answered > 60


async def the_ngo_reads_it(watch: Watch, live: LiveServer, company: str, attestation: str, scores: list[str]) -> None:
    page = await watch.open("/attestations", NARROW)
    await page.get_by_label("Company").fill(company.lower())
    await page.get_by_label("Country").select_option(label="Kenya")
    await page.get_by_label("Sector").select_option(label="Tourism and travel")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("heading", name="1 attestation found")).to_be_visible()
    await page.get_by_role("link", name=company).click()
    await page.wait_for_url(f"**/attestations/{attestation}")
    assert await figures(page) == scores
    nodes = (await ask(live, QUERY, {"name": company}))["publishedScores"]["nodes"]
    assert [one["attestation"]["id"] for one in nodes] == [attestation]
    assert nodes[0]["company"] == {"name": company, "country": "KE"}
    told = [nodes[0][basis.lower()]["scoreBp"] for basis in BASES]
    assert told == [round(float(one) * 100) for one in scores]


async def test_the_same_story_without_script(watch: Watch, live: LiveServer) -> None:
    watch.expect("422")
    company, email = "Test Plain Hotels Ltd", "amina@plain.example"
    page = await watch.open(java_script_enabled=False)
    await sign_up(page, company, email)
    draft = await start(page)
    await plain_answers(page, draft)
    await the_rest_is_answered(live, email, draft.rsplit("/", 1)[1])
    await page.goto(f"{draft}/review")
    await expect(page.get_by_text("Every question is answered")).to_be_visible()
    await page.get_by_role("button", name="Submit and see the scorecard").click()
    await page.get_by_role("button", name="Approve as signatory").click()
    await publish(page, company)
    await expect(page.locator("[data-verify-self] noscript p")).to_be_visible()


async def plain_answers(page: Page, draft: str) -> None:
    """Each way to answer, by its own button; a refusal keeps what was typed."""
    await open_section(page, draft, "core-policy")
    policy, share = Card(page, "C01"), Card(page, "C02c")
    await policy.option("3").check()
    await policy.root.get_by_role("button", name="Save this answer").click()
    await page.wait_for_url("**/core-policy#C01")
    await expect(policy.state).to_contain_text("Saved by Amina Test, ")
    await share.value.fill("101")
    await share.root.get_by_role("button", name="Save this answer").click()
    await expect(share.root.get_by_role("alert")).to_contain_text("Not saved. Give a percentage from 0 to 100")
    await expect(share.value).to_have_value("101")
    await share.kind("We do not know").check()
    await share.root.get_by_role("button", name="Save this answer").click()
    await expect(share.kind("We do not know")).to_be_checked()
    await policy.attach(POLICY)
    await policy.root.get_by_role("button", name="Attach", exact=True).click()
    await expect(policy.attached).to_contain_text("Child protection policy.pdf")
    await policy.root.get_by_role("button", name="Remove Child protection policy.pdf").click()
    await expect(policy.attached).to_have_count(0)
    await policy.attach({"name": "lobby.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(64)})
    await policy.root.get_by_role("button", name="Attach", exact=True).click()
    await expect(policy.root.get_by_role("alert")).to_contain_text("Images, video and archives cannot be evidence")
    await expect(policy.attached).to_have_count(0)
    await open_section(page, draft, "core-suppliers")
    reason = Card(page, "C05")
    await reason.kind("Does not apply to us").check()
    await reason.root.get_by_role("button", name="Save this answer").click()
    await expect(reason.root.get_by_role("alert")).to_contain_text("why this does not apply")
    await reason.root.get_by_label("Why it does not apply").fill("None of ours is of high risk.")
    await reason.root.get_by_role("button", name="Save this answer").click()
    await expect(reason.kind("Does not apply to us")).to_be_checked()


async def the_rest_is_answered(live: LiveServer, email: str, assessment: str) -> None:
    """Answer what is open by GraphQL, as a program of the same member would."""
    sign = "mutation ($e: String!, $p: String!) { signIn(email: $e, password: $p) { token } }"
    token = (await ask(live, sign, {"e": email, "p": PASSWORD}))["signIn"]["token"]
    answer = """mutation ($a: UUID!, $q: String!, $g: AnswerInput!, $v: Int!) {
      answer(assessmentId: $a, questionId: $q, given: $g, version: $v) { asked } }"""
    asked = set[str]()
    for question in sectors.get_questionnaire(sectors.current_references(["tourism"])).questions:
        done = question.id in ("C01", "C02c", "C05")
        is_asked = question.applies_when is None or question.id in asked
        if done or not is_asked or question.type is QuestionType.TEXT:
            continue
        given = {"a": assessment, "q": question.id, "g": sample_answer(question, 3), "v": 0}
        asked = set((await ask(live, answer, given, token))["answer"]["asked"])


async def test_two_people_without_script_do_not_overwrite_each_other_unseen(watch: Watch) -> None:
    watch.expect("409")
    first = await watch.open(java_script_enabled=False)
    await sign_up(first, "Test Two Hotels Ltd", "amina@two.example")
    draft = await start(first)
    second = await watch.open("/sign-in", java_script_enabled=False)
    await sign_in(second, "amina@two.example", PASSWORD)
    await open_section(first, draft, "core-policy")
    await open_section(second, draft, "core-policy")
    early, late = Card(first, "C02b"), Card(second, "C02b")
    await early.value.fill("10")
    await early.root.get_by_role("button", name="Save this answer").click()
    await late.value.fill("20")
    await late.root.get_by_role("button", name="Save this answer").click()
    await expect(late.root.get_by_role("alert")).to_contain_text("Amina Test answered: 10.")
    await expect(late.value).to_have_value("20")
    await late.root.get_by_role("button", name="Save this answer").click()
    await expect(late.value).to_have_value("20")
    await first.reload()
    await expect(early.value).to_have_value("20")


async def test_a_signed_in_member_keeps_their_navigation_on_an_error_page(watch: Watch) -> None:
    watch.expect("404")
    page = await watch.open()
    await sign_up(page, "Test Lost Hotels Ltd", "amina@lost.example")
    await page.goto("/nowhere-at-all")
    await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Main").get_by_role("button", name="Sign out")).to_be_visible()
    await page.get_by_role("link", name="Go to your assessments").click()
    await expect(page.get_by_label("Year that it covers")).to_have_value(str(clock.today().year))
