package dev.sluice.faults;

import dev.sluice.faults.FailoverTimer.How;
import dev.sluice.faults.WorkerProcess.Way;
import dev.sluice.job.DeliveryStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What happens to one worker. */
final class WorkerFaults {
    private WorkerFaults() {}

    /** SIGKILL; started again after a moment. */
    record Kill() implements Fault {
        @Override
        public String name() {
            return "worker SIGKILL";
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            context.aim();
            WorkerProcess worker = context.worker();
            long pid = worker.pid();
            Instant at = Instant.now();
            worker.kill();
            int runs = context.scenario().redispatch().lost(How.KILLED, pid, at);
            context.last(context.between(1, 4));
            worker.start();
            return runs + " runs under way";
        }
    }

    /** SIGSTOP for longer than a lease, then SIGCONT. */
    record Freeze() implements Fault {
        @Override
        public String name() {
            return "worker SIGSTOP 20-25 s";
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            context.aim();
            WorkerProcess worker = context.worker();
            Instant at = Instant.now();
            worker.signal("STOP");
            int runs = context.scenario().redispatch().lost(How.FROZEN, worker.pid(), at);
            context.last(context.between(20, 25));
            worker.signal("CONT");
            return runs + " runs under way";
        }
    }

    /** SIGTERM; started again when it has ended. */
    record Terminate() implements Fault {
        @Override
        public String name() {
            return "worker SIGTERM";
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            boolean ended = context.worker().terminate();
            context.worker().start();
            return ended ? "ended by itself" : "had to be killed";
        }
    }

    /** One of its FFmpeg processes is killed. */
    record KillFfmpeg() implements Fault {
        private static final Duration LOOK = Duration.ofMillis(20);
        private static final int LOOKS = 250;

        @Override
        public String name() {
            return "FFmpeg SIGKILL";
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            for (int look = 0; look < LOOKS; look++) {
                List<ProcessHandle> running = context.worker().ffmpegs();
                if (!running.isEmpty()) {
                    return running.get(0).destroyForcibly() ? "killed one" : NOTHING + ": it had ended";
                }
                context.last(LOOK);
            }
            return NOTHING + ": none was running";
        }
    }

    /** The way to one service is cut: connections break, new ones are refused. */
    record Cut(Way way) implements Fault {
        @Override
        public String name() {
            return "worker cut off from " + way;
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String happen(FaultContext context) throws Exception {
            Duration length = context.between(3, 18);
            context.worker().gateway(way).cut();
            context.last(length);
            context.worker().gateway(way).mend();
            return "for " + length.toSeconds() + " s";
        }
    }

    /** The process ends between two steps of a delivery, as if somebody had pulled the plug there. */
    record CrashAt(DeliveryStep step) implements Fault {
        private static final Duration PATIENCE = Duration.ofSeconds(45);

        @Override
        public String name() {
            return "worker crashes when " + step.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            WorkerProcess worker = context.worker();
            boolean stopped = worker.terminate();
            int time = 1 + context.random().nextInt(2);
            worker.startWith("--crash", step.name().toLowerCase(Locale.ROOT) + "@" + time);
            boolean crashed = worker.awaitExit(PATIENCE);
            Instant at = Instant.now();
            worker.kill();
            if (crashed) {
                context.scenario().redispatch().lost(How.KILLED, worker.pid(), at);
            }
            worker.start();
            return (crashed ? "crashed at time " + time : NOTHING + ": it did not get there")
                    + (stopped ? "" : ", and had to be killed before");
        }
    }
}
