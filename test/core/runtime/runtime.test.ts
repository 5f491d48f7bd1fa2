import t from "tap";
import { createMetrics } from "../../../core/kernel/metrics.js";
import { ClockSlicer, SystemClock, SystemEntropy, SystemScheduler, startProcessMetrics } from "../../../core/runtime/index.js";

const clock = new SystemClock();

t.test("the clock", (t) => {
  t.ok(Math.abs(clock.nowMs() - Date.now()) < 1_000);
  let last = clock.monotonicMs();
  let backwards = 0;
  for (let i = 0; i < 1_000; i++) {
    const now = clock.monotonicMs();
    if (now < last) backwards++;
    last = now;
  }
  t.equal(backwards, 0);
  t.end();
});

t.test("after: once, never inside the call, never after cancel", async (t) => {
  const scheduler = new SystemScheduler(clock);
  const events: string[] = [];
  await new Promise<void>((resolve) => {
    scheduler.after(0, () => {
      events.push("fired");
      resolve();
    });
    events.push("scheduled");
  });
  t.same(events, ["scheduled", "fired"]);
  const cancelled = scheduler.after(0, () => events.push("cancelled one ran"));
  cancelled.cancel();
  cancelled.cancel();
  await new Promise<void>((resolve) => scheduler.after(2, resolve));
  t.same(events, ["scheduled", "fired"]);
  t.equal(scheduler.close(), 0, "nothing is left");
});

t.test("after: beyond what Node's timers can", async (t) => {
  const scheduler = new SystemScheduler(clock);
  let fired = false;
  scheduler.after(2 ** 40, () => {
    fired = true;
  });
  await new Promise<void>((resolve) => scheduler.after(5, resolve));
  t.equal(fired, false);
  t.equal(scheduler.close(), 1);
});

t.test("every: again and again until cancelled; close ends the forgotten", async (t) => {
  const scheduler = new SystemScheduler(clock);
  let runs = 0;
  await new Promise<void>((resolve) => {
    const timer = scheduler.every(1, () => {
      if (++runs === 3) {
        timer.cancel();
        resolve();
      }
    });
  });
  scheduler.every(1, () => runs++);
  scheduler.after(1, () => runs++);
  t.equal(scheduler.close(), 2);
  await new Promise<void>((resolve) => scheduler.after(5, resolve));
  t.equal(runs, 3);
  t.throws(() => scheduler.every(0, () => undefined), { name: "AssertionFailure" });
  t.throws(() => scheduler.after(Number.NaN, () => undefined), { name: "AssertionFailure" });
});

t.test("yield lets input and other callbacks have a turn", async (t) => {
  const scheduler = new SystemScheduler(clock);
  const events: string[] = [];
  setImmediate(() => events.push("other"));
  await scheduler.yield();
  t.same(events, ["other"]);
});

t.test("a slice ends near its budget, with few readings of the clock", async (t) => {
  for (const stepMs of [0.001, 0.05, 0.7, 3, 20]) {
    const time = { nowMs: 0, readings: 0 };
    const counted = {
      nowMs: () => 0,
      monotonicMs: () => {
        time.readings++;
        return time.nowMs;
      },
    };
    let pauses = 0;
    let sliceStart = 0;
    const pause = async () => {
      pauses++;
      sliceStart = time.nowMs;
    };
    const slicer = new ClockSlicer(counted, pause, 5, () => sliceStart);
    let worstMs = 0;
    let steps = 0;
    while (pauses < 20) {
      time.nowMs += stepMs;
      steps++;
      if (!slicer.due()) continue;
      worstMs = Math.max(worstMs, time.nowMs - sliceStart);
      await slicer.pause();
    }
    t.ok(worstMs >= 4.99 && worstMs <= Math.max(7.5, 5 + stepMs), `steps of ${stepMs} ms: the worst slice took ${worstMs.toFixed(2)} ms`);
    if (stepMs < 0.01) t.ok(time.readings < steps / 50, `${time.readings} readings for ${steps} steps`);
  }
  // By the real clock. A machine that stops this process for a slice long right behind a pause does so once, not five times.
  const slicer = new SystemScheduler(clock).slicer(50);
  let newSlices = 0;
  for (let i = 0; i < 5; i++) {
    while (!slicer.due()) {}
    await slicer.pause();
    if (!slicer.due()) newSlices++;
  }
  t.ok(newSlices > 0, "a new slice");
});

t.test("slicers of one turn of the event loop share its budget, and the next turn begins anew", async (t) => {
  let nowMs = 0;
  const scheduler = new SystemScheduler({ nowMs: () => 0, monotonicMs: () => nowMs });
  const first = scheduler.slicer(5);
  t.equal(first.due(), false);
  nowMs = 4;
  const second = scheduler.slicer(5);
  nowMs = 5;
  t.equal(second.due(), true, "it has held the thread for one millisecond, but the turn has lasted five");
  await scheduler.yield();
  t.equal(scheduler.slicer(5).due(), false);
  await second.pause();
  nowMs = 9;
  t.equal(second.due(), false, "a pause begins a new turn");
});

t.test("entropy", (t) => {
  const entropy = new SystemEntropy();
  t.equal(entropy.bytes(0).length, 0);
  const bytes = entropy.bytes(32);
  t.equal(bytes.buffer.byteLength, 32, "no slice of a shared pool");
  t.notSame(bytes, entropy.bytes(32));
  t.throws(() => entropy.bytes(-1), { name: "AssertionFailure" });
  t.end();
});

t.test("process metrics can be read, and stopped", async (t) => {
  const registry = createMetrics();
  const sampling = startProcessMetrics(registry.metricsFor("process"), clock);
  const text = await registry.render();
  const value = (name: string): number => Number(new RegExp(`^chainwright_process_${name} (\\S+)$`, "m").exec(text)?.[1]);
  t.ok(value("resident_memory_bytes") > 1e6);
  t.ok(value("event_loop_lag_max_seconds") >= 0);
  t.ok(Math.abs(value("start_time_seconds") - (Date.now() / 1e3 - process.uptime())) < 5);
  sampling.stop();
});
