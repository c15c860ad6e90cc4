/** GraphiQL from our own files. It sends no cookies, because the endpoint never looks at them. */
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
// The parts of graphiql.css without its fonts, which it carries as data: and our content policy refuses.
import "@graphiql/react/dist/style.css";
import "graphiql/src/style.css";
import "./graphiql/skin.css";
import { createRoot } from "react-dom/client";
import { nameEditors } from "./graphiql/names";

const place = document.querySelector<HTMLElement>("#graphiql");
if (place) {
  const fetcher = createGraphiQLFetcher({
    url: place.dataset["endpoint"] ?? "/graphql",
    fetch: (input, init) => window.fetch(input, { ...init, credentials: "omit" }),
  });
  const query = document.querySelector("#default-query")?.textContent?.trim() ?? "";
  place.replaceChildren();
  nameEditors(place);
  createRoot(place).render(
    <GraphiQL fetcher={fetcher} defaultQuery={query} defaultEditorToolsVisibility={false} forcedTheme="system" />,
  );
}
