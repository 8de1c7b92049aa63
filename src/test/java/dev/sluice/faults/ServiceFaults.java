package dev.sluice.faults;

import dev.sluice.faults.WorkerProcess.Way;
import dev.sluice.objectstore.s3.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What happens to the services, and so to all workers at once. */
final class ServiceFaults {
    private ServiceFaults() {}

    /** The broker stops in order, and starts again. */
    record RestartRabbit() implements Fault {
        @Override
        public String name() {
            return "RabbitMQ restart";
        }

        @Override
        public Target target() {
            return Target.RABBITMQ;
        }

        @Override
        public String happen(FaultContext context) {
            context.scenario().services().rabbit().stop();
            context.scenario().services().rabbit().restart();
            return "is back";
        }
    }

    /** The broker is killed, and starts again. */
    record KillRabbit() implements Fault {
        @Override
        public String name() {
            return "RabbitMQ kill -9";
        }

        @Override
        public Target target() {
            return Target.RABBITMQ;
        }

        @Override
        public String happen(FaultContext context) {
            context.scenario().services().rabbit().restart();
            return "is back";
        }
    }

    /** The database stops in order, and starts again. */
    record RestartPostgres() implements Fault {
        @Override
        public String name() {
            return "PostgreSQL restart";
        }

        @Override
        public Target target() {
            return Target.POSTGRES;
        }

        @Override
        public String happen(FaultContext context) throws Exception {
            context.scenario().services().postgres().restart();
            return "is back";
        }
    }

    /** The database and its backends are killed, and start again. */
    record KillPostgres() implements Fault {
        @Override
        public String name() {
            return "PostgreSQL kill -9";
        }

        @Override
        public Target target() {
            return Target.POSTGRES;
        }

        @Override
        public String happen(FaultContext context) throws Exception {
            context.scenario().services().postgres().killAndRestart();
            return "is back";
        }
    }

    /** The database breaks all connections of the workers and refuses new ones for a while. */
    record RefuseAtPostgres(Duration length) implements Fault {
        @Override
        public String name() {
            return "PostgreSQL refuses connections";
        }

        @Override
        public Target target() {
            return Target.POSTGRES;
        }

        @Override
        public String happen(FaultContext context) throws Exception {
            List<WorkerProcess> workers = context.scenario().workers();
            for (WorkerProcess worker : workers) {
                worker.gateway(Way.POSTGRES).cut();
            }
            context.last(length);
            for (WorkerProcess worker : workers) {
                worker.gateway(Way.POSTGRES).mend();
            }
            return "for " + length.toSeconds() + " s";
        }
    }

    /** The store spoils a share of all exchanges for a while. */
    record SpoilStore(String name, FaultProxy.Fault fault, double share) implements Fault {
        static SpoilStore error500() {
            return new SpoilStore("S3 500", FaultProxy.status(500, "InternalError"), 0.5);
        }

        static SpoilStore slowDown() {
            return new SpoilStore("S3 503 SlowDown", FaultProxy.status(503, "SlowDown"), 0.7);
        }

        static SpoilStore resets() {
            return new SpoilStore("S3 connection resets", FaultProxy.reset(), 0.5);
        }

        @Override
        public Target target() {
            return Target.STORE;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            Duration length = context.between(5, 12);
            AtomicInteger spoiled = new AtomicInteger();
            Runnable end = context.scenario()
                    .services()
                    .storeProxy()
                    .inject(request -> context.random().nextDouble() < share, counted(spoiled, fault));
            context.last(length);
            end.run();
            return exchanges(spoiled) + " for " + length.toSeconds() + " s, share " + share;
        }
    }

    /** The store takes 10 s for each answer, for a while. */
    record StallStore() implements Fault {
        private static final Duration STALL = Duration.ofSeconds(10);

        @Override
        public String name() {
            return "S3 stalls 10 s";
        }

        @Override
        public Target target() {
            return Target.STORE;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            AtomicInteger stalled = new AtomicInteger();
            Runnable end = context.scenario()
                    .services()
                    .storeProxy()
                    .inject(
                            request -> true,
                            counted(
                                    stalled,
                                    FaultProxy.first(
                                            () -> context.scenario().vertx().timer(STALL.toMillis()))));
            context.last(Duration.ofSeconds(4));
            end.run();
            return exchanges(stalled) + " of 4 s";
        }
    }

    private static FaultProxy.Fault counted(AtomicInteger times, FaultProxy.Fault fault) {
        return exchange -> {
            times.incrementAndGet();
            fault.inject(exchange);
        };
    }

    private static String exchanges(AtomicInteger times) {
        return (times.get() == 0 ? Fault.NOTHING : times) + " asked";
    }

    /** The newest messages of jobs that are under way come twice more, straight to their stage's queue. */
    record RepeatMessages() implements Fault {
        @Override
        public String name() {
            return "stage messages sent twice more";
        }

        @Override
        public Target target() {
            return Target.A_MESSAGE;
        }

        @Override
        public String happen(FaultContext context) throws InterruptedException {
            List<Map<String, String>> jobs;
            try {
                jobs = underWay(context);
            } catch (IllegalStateException databaseIsAway) {
                return NOTHING + ": the database was away";
            }
            for (Map<String, String> job : jobs) {
                for (int copy = 0; copy < 2; copy++) {
                    context.scenario().feeder().send(ContractNames.queue(job.get("stage")), job.get("message"));
                }
            }
            return jobs.isEmpty() ? NOTHING + ": no job was under way" : jobs.size() + " jobs";
        }

        private static List<Map<String, String>> underWay(FaultContext context) {
            return context.scenario()
                    .services()
                    .postgres()
                    .database()
                    .query("SELECT j.message, r.stage FROM sluice.job j JOIN sluice.stage_run r ON r.job_id = j.id"
                            + " WHERE j.state = 'running' AND r.state <> 'done' LIMIT 5");
        }
    }
}
