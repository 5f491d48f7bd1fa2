import t from "tap";
import { SealBudget } from "../../../../core/network/sync/seal-budget.js";

t.test("a peer's budget is spent, comes back with time, and is refunded", async (t) => {
  let nowMs = 0;
  const budget = new SealBudget(
    { nowMs: () => 0, monotonicMs: () => nowMs },
    { sealPieceMs: 1, sealBudgetMs: 10, sealBudgetPeriodMs: 1_000 },
  );
  t.equal(budget.leftUs("a"), 10_000);
  budget.spend("a", 4_000);
  budget.spend("a", 8_000);
  t.equal(budget.leftUs("a"), -2_000, "the last piece may exceed it");
  t.equal(budget.leftUs("b"), 10_000, "each has its own");
  nowMs += 200;
  t.equal(budget.leftUs("a"), 0);
  nowMs += 300;
  t.equal(budget.leftUs("a"), 3_000);
  budget.refund("a", 2_000);
  t.equal(budget.leftUs("a"), 5_000);
  budget.refund("b", 2_000);
  t.equal(budget.leftUs("b"), 10_000, "never more than all of it");
  nowMs += 10_000;
  t.equal(budget.leftUs("a"), 10_000);
});

t.test("only so many peers are remembered: who spent least is forgotten", async (t) => {
  const budget = new SealBudget({ nowMs: () => 0, monotonicMs: () => 0 }, { sealPieceMs: 1, sealBudgetMs: 10, sealBudgetPeriodMs: 1_000 });
  budget.spend("dear", 9_000);
  for (let i = 0; i < 1_024; i++) budget.spend(`peer ${i}`, 1_000 + i);
  t.equal(budget.leftUs("dear"), 1_000);
  t.equal(budget.leftUs("peer 0"), 10_000, "forgotten");
  t.equal(budget.leftUs("peer 1"), 8_999);
});

t.test("pieces are of so many seals that they take about their time, at least one; what an engine does not say is 10 µs", async (t) => {
  const options = { sealPieceMs: 2, sealBudgetMs: 10, sealBudgetPeriodMs: 1_000 };
  const budgetOf = (sealCostUs?: number) => new SealBudget({ nowMs: () => 0, monotonicMs: () => 0 }, options, () => sealCostUs);
  t.same(
    [budgetOf(), budgetOf(700), budgetOf(5_000)].map(({ pieceHeaders }) => pieceHeaders),
    [200, 2, 1],
  );
  t.same([budgetOf().costUs(3), budgetOf(700).costUs(3)], [30, 2_100]);
});
