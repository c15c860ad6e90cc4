// The keys that are trusted at present, in sight: those that came with the page, until the visitor brings others.
import { element } from "./dom";
import type { Trust } from "./trust";

const SITE_KEYS =
  "That these are the right keys: they came with this page, so this check trusts this site for them. Drop a trust.json " +
  "that you got earlier, over a way you trust, and it need not.";
const OWN_KEYS =
  "That these are the right keys: you brought them, and they are worth what the way is worth by which you got them. " +
  "Whoever made the attestation could have made a trust.json to go with it.";

export class Pinned {
  private own: { trust: Trust; name: string } | null = null;

  /** `place` shows the keys; `changed` is called when the visitor goes back to those of the site. */
  constructor(
    private readonly place: HTMLElement | null,
    private readonly site: Trust,
    private readonly changed: () => void,
  ) {}

  get trust(): Trust {
    return this.own?.trust ?? this.site;
  }

  /** What the choice of keys is worth, as one of the things that a verdict does not promise. */
  get limits(): string {
    return this.own ? OWN_KEYS : SITE_KEYS;
  }

  bring(trust: Trust, name: string): void {
    this.own = { trust, name };
    this.show();
  }

  private show(): void {
    const state = this.place?.querySelector<HTMLElement>("[data-trust-state]");
    const list = this.place?.querySelector<HTMLElement>("[data-trust-keys]");
    if (!state || !list) return;
    state.replaceChildren(this.own ? `You brought these, in ${this.own.name}. ` : "They came with this page. ");
    if (this.own) state.append(this.backButton());
    const { issuer, credentialKeys, logVkey } = this.trust;
    const rows = [["Issuer", issuer], ...credentialKeys.map((key) => ["Signs attestations", key]), ["Signs the log", logVkey]];
    list.replaceChildren(
      ...rows.map(([name, value]) =>
        element("div", {}, element("dt", {}, name ?? ""), element("dd", { class: "digest" }, value ?? "")),
      ),
    );
  }

  private backButton(): HTMLButtonElement {
    const back = element("button", { class: "button button--quiet button--small", type: "button" }, "Use this site’s keys again");
    back.addEventListener("click", () => {
      this.own = null;
      this.show();
      this.changed();
    });
    return back;
  }
}
