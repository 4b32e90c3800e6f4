// Opens pages in the browser that the system has, and says what a reader would meet, as JSON.
// The first is looked at on every screen, the others on a phone, where things are cut off first.
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import { parse } from "node:path";
import { pathToFileURL } from "node:url";

const [browserPath, out, ...files] = process.argv.slice(2);
const SCREENS = { desktop: 1280, phone: 390 };
const SHEET = { width: 673, height: 978 }; // A4 less the margins of the page, at 96 dots an inch
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf-8");

const measured = () => ({
  wide: document.documentElement.scrollWidth,
  right: getComputedStyle(document.querySelector("td.n") ?? document.body).textAlign,
  cut: [...document.querySelectorAll("main *:not(svg *)")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".wide"))
    .map((each) => each.outerHTML.slice(0, 120)),
  scrolls: [...document.querySelectorAll(".wide")].filter((each) => each.scrollWidth > each.clientWidth).length,
  drawn: [...document.querySelectorAll("svg rect, svg text, svg line")].map((each) => {
    const bar = each.getBoundingClientRect(), all = each.closest("svg").getBoundingClientRect();
    return bar.width + bar.height > 0 && bar.left >= all.left - 1 && bar.right <= all.right + 1
      && bar.top >= all.top && bar.bottom <= all.bottom;
  }),
});

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const answers = {};
for (const file of files) {
  const address = pathToFileURL(file).href;
  const answer = { asked: [], said: [], screens: {} };
  for (const [name, width] of Object.entries(SCREENS)) {
    if (file !== files[0] && name !== "phone") continue;
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.on("request", (request) => answer.asked.push(request.url() === address ? "itself" : request.url()));
    page.on("console", (message) => answer.said.push(message.text()));
    page.on("pageerror", (error) => answer.said.push(String(error)));
    page.on("dialog", (dialog) => { answer.said.push(dialog.message()); dialog.dismiss(); });
    await page.goto(address);
    const screen = { ...(await page.evaluate(measured)), width };
    await page.screenshot({ path: `${out}/${name}-${parse(file).name}.png`, fullPage: true });
    await page.evaluate(axe);
    const checked = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
    screen.passes = checked.passes.length;
    screen.violations = checked.violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`);
    answer.screens[name] = screen;
    if (name === "phone") {
      await page.pdf({ path: `${out}/${parse(file).name}.pdf`, preferCSSPageSize: true });
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize(SHEET);
      answer.printed = await page.evaluate(measured);
    }
    await page.close();
  }
  answers[parse(file).name] = answer;
}
await browser.close();
console.log(JSON.stringify(answers));
