package dev.sluice.faults;

import dev.sluice.endtoend.InterruptibleProxy;
import dev.sluice.faults.FailoverTimer.How;
import dev.sluice.faults.WorkerProcess.Service;
import dev.sluice.job.DeliveryStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Faults of one worker. */
final class WorkerFaults {
    private WorkerFaults() {}

    /** SIGKILL; restarted after 1 to 4 s. */
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
        public String inject(FaultContext context) throws InterruptedException {
            context.awaitWork();
            WorkerProcess worker = context.worker();
            long pid = worker.pid();
            Instant at = Instant.now();
            worker.kill();
            int runs = context.scenario().failover().lost(How.KILLED, pid, at);
            context.hold(context.between(1, 4));
            worker.start();
            return runs + " runs in progress";
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
        public String inject(FaultContext context) throws InterruptedException {
            context.awaitWork();
            WorkerProcess worker = context.worker();
            Instant at = Instant.now();
            worker.signal("STOP");
            int runs = context.scenario().failover().lost(How.FROZEN, worker.pid(), at);
            context.hold(context.between(20, 25));
            worker.signal("CONT");
            return runs + " runs in progress";
        }
    }

    /** SIGTERM; restarted when it has ended. */
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
        public String inject(FaultContext context) throws InterruptedException {
            boolean ended = context.worker().terminate();
            context.worker().start();
            return ended ? "stopped gracefully" : "had to be killed";
        }
    }

    /** Kills one of the FFmpeg processes of the worker. */
    record KillFfmpeg() implements Fault {
        private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
        private static final int POLLS = 250;

        @Override
        public String name() {
            return "FFmpeg SIGKILL";
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String inject(FaultContext context) throws InterruptedException {
            for (int poll = 0; poll < POLLS; poll++) {
                List<ProcessHandle> running = context.worker().ffmpegs();
                if (!running.isEmpty()) {
                    return running.get(0).destroyForcibly() ? "killed one" : NOTHING + ": already ended";
                }
                context.hold(POLL_INTERVAL);
            }
            return NOTHING + ": none running";
        }
    }

    /** Disconnects the worker from a service: connections break, new ones are refused. */
    record Disconnect(Service service) implements Fault {
        @Override
        public String name() {
            return "worker disconnected from " + service;
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String inject(FaultContext context) throws Exception {
            Duration length = context.between(3, 18);
            context.worker().proxy(service).cut();
            context.hold(length);
            context.worker().proxy(service).mend();
            return "for " + length.toSeconds() + " s";
        }
    }

    /** Disconnects the worker from all services and from the other members of its cluster, as a broken cable would. */
    record Isolate(Duration length) implements Fault {
        @Override
        public String name() {
            return "worker isolated " + length.toSeconds() + " s";
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String inject(FaultContext context) throws Exception {
            context.awaitWork();
            for (InterruptibleProxy proxy : context.worker().proxies()) {
                proxy.cut();
            }
            context.hold(length);
            for (InterruptibleProxy proxy : context.worker().proxies()) {
                proxy.mend();
            }
            return "all connections";
        }
    }

    /** Splits the cluster into its members: no worker reaches the event bus of another; all reach the services. */
    record Split(Duration length) implements Fault {
        @Override
        public String name() {
            return "cluster split " + length.toSeconds() + " s";
        }

        @Override
        public Target target() {
            return Target.CLUSTER;
        }

        @Override
        public String inject(FaultContext context) throws Exception {
            for (WorkerProcess worker : context.scenario().workers()) {
                worker.proxy(Service.CLUSTER).cut();
            }
            context.hold(length);
            for (WorkerProcess worker : context.scenario().workers()) {
                worker.proxy(Service.CLUSTER).mend();
            }
            return "no worker reached another";
        }
    }

    /** Halts the process after a step of a delivery, as a power failure would. */
    record CrashAt(DeliveryStep step) implements Fault {
        private static final Duration LIMIT = Duration.ofSeconds(45);

        @Override
        public String name() {
            return "worker crash after " + step.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public Target target() {
            return Target.A_WORKER;
        }

        @Override
        public String inject(FaultContext context) throws InterruptedException {
            WorkerProcess worker = context.worker();
            boolean stopped = worker.terminate();
            int time = 1 + context.random().nextInt(2);
            worker.startWith("--crash", step.name().toLowerCase(Locale.ROOT) + "@" + time);
            boolean crashed = worker.awaitExit(LIMIT);
            Instant at = Instant.now();
            worker.kill();
            if (crashed) {
                context.scenario().failover().lost(How.KILLED, worker.pid(), at);
            }
            worker.start();
            return (crashed ? "crashed at occurrence " + time : NOTHING + ": step not reached")
                    + (stopped ? "" : "; had to be killed before");
        }
    }
}
