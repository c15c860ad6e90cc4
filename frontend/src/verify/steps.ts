// What was checked, one after the other, so that a reader can follow where a check ended and why.

export const STEP_IDS = ["form", "key", "contexts", "signature", "checkpoint", "inclusion", "entry", "dates", "later"] as const;
export type StepId = (typeof STEP_IDS)[number];
export type Outcome = "held" | "failed" | "unreached";

export interface StepState {
  readonly id: StepId;
  readonly outcome: Outcome;
}

/** Where verification ends by an error, the step that had begun is the one that failed. */
export class Steps {
  private readonly outcomes = new Map<StepId, Outcome>();
  private open: StepId | null = null;

  /** Begin a step; the one before held. */
  begin(id: StepId): void {
    this.stop();
    this.open = id;
    this.outcomes.set(id, "failed");
  }

  /** Go back to a step; what had begun since is not decided yet. */
  again(id: StepId): void {
    if (this.open) this.outcomes.delete(this.open);
    this.open = id;
    this.outcomes.set(id, "failed");
  }

  /** End the present step: it held, and none follows yet. */
  stop(): void {
    if (this.open) this.outcomes.set(this.open, "held");
    this.open = null;
  }

  /** Say how a step ended that decides nothing about those after it. */
  settle(id: StepId, holds: boolean): void {
    this.stop();
    this.outcomes.set(id, holds ? "held" : "failed");
  }

  get all(): StepState[] {
    return STEP_IDS.map((id) => ({ id, outcome: this.outcomes.get(id) ?? "unreached" }));
  }
}
