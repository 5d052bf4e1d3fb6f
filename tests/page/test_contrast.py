"""Text stands out from its ground as WCAG AA asks: 4.5 to 1."""

import pytest
from playwright.sync_api import expect

from tests.page.conftest import OpenPage
from tests.page.screen import thread, write

FAINT_TEXT = """() => {
  const opaque = ([r, g, b, alpha], under) =>
    [...[r, g, b].map((v, i) => v * alpha + under[i] * (1 - alpha)), 1];
  const colour = (value) => {
    const numbers = value.match(/[\\d.]+/g).map(Number);
    const scale = value.startsWith("color(") ? 255 : 1;
    return [...numbers.slice(0, 3).map((n) => n * scale), numbers[3] ?? 1];
  };
  const ground = (element) => {
    if (!element) return [255, 255, 255, 1];
    const own = colour(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : opaque(own, ground(element.parentElement));
  };
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const shown = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!shown || !texts.currentNode.data.trim() || element.closest(":disabled, option")) continue;
    const under = ground(element);
    const [a, b] = [light(opaque(colour(getComputedStyle(element).color), under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${texts.currentNode.data.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": 1600, "height": 1000})
    assert page.evaluate(FAINT_TEXT) == []
    write(page, "@StackBot deploy")
    expect(thread(page)).to_contain_text("Sources")
    write(page, "@StackBot show blocks")
    expect(thread(page).get_by_role("button", name="Open the form")).to_be_visible()
    page.get_by_role("button", name="Inspector").click()
    page.locator(".record").first.click()
    expect(page.locator(".details")).to_be_visible()
    assert page.evaluate(FAINT_TEXT) == []
