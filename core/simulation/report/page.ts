/**
 * A page that stands alone: one file with its style, its drawings and little code in it, which needs no network and opens from disk.
 * The policy in its head forbids everything else, should a text ever get through that was not escaped.
 */
import { createHash } from "node:crypto";
import { escaped } from "./markup.js";
import { STYLE } from "./style.js";

export interface PageSection {
  /** Of its link: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** Markup; made with markup.ts and plot.ts, so that all text in it is escaped. */
  readonly markup: string;
}

export interface Page {
  readonly title: string;
  /** Markup below the title. */
  readonly lead: string;
  readonly sections: readonly PageSection[];
  /** Code that runs when the page is there; of this folder, never from data. */
  readonly script?: string;
}

export function renderPage({ title, lead, sections, script }: Page): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'${script === undefined ? "" : `; script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`}`;
  const links = sections.map((section) => `<a href="#${escaped(section.id)}">${escaped(section.title)}</a>`).join("\n");
  const bodies = sections.map(
    (section) => `<section id="${escaped(section.id)}"><h2>${escaped(section.title)}</h2>\n${section.markup}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
${lead}
<nav aria-label="Sections">${links}</nav>
</header>
<main>
${bodies.join("\n")}
</main>
${script === undefined ? "" : `<script>${script}</script>\n`}</body>
</html>
`;
}
