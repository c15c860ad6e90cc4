// Verifying in the browser, without the server: what was dropped on /verify, and the page of one attestation by itself.
import { DropPage } from "./verify/drop";
import { OwnPage } from "./verify/own-page";

const dropped = document.querySelector<HTMLElement>("[data-verify]");
if (dropped) new DropPage(dropped);
const own = document.querySelector<HTMLElement>("[data-verify-self]");
if (own) void new OwnPage(own).check();
