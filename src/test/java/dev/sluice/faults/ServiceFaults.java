package dev.sluice.faults;

import dev.sluice.faults.WorkerProcess.Service;
import dev.sluice.objectstore.s3.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults of the services, which affect all workers. */
final class ServiceFaults {
    private ServiceFaults() {}

    /** Stops the broker gracefully and starts it again. */
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
        public String inject(FaultContext context) {
            context.scenario().services().rabbit().stop();
            context.scenario().services().rabbit().restart();
            return "available again";
        }
    }

    /** Kills the broker and starts it again. */
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
        public String inject(FaultContext context) {
            context.scenario().services().rabbit().restart();
            return "available again";
        }
    }

    /** Stops the database gracefully and starts it again. */
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
        public String inject(FaultContext context) throws Exception {
            context.scenario().services().postgres().restart();
            return "available again";
        }
    }

    /** Kills the database with its backends and starts it again. */
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
        public String inject(FaultContext context) throws Exception {
            context.scenario().services().postgres().killAndRestart();
            return "available again";
        }
    }

    /** Breaks all database connections of the workers and refuses new ones for a time. */
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
        public String inject(FaultContext context) throws Exception {
            List<WorkerProcess> workers = context.scenario().workers();
            for (WorkerProcess worker : workers) {
                worker.proxy(Service.POSTGRES).cut();
            }
            context.hold(length);
            for (WorkerProcess worker : workers) {
                worker.proxy(Service.POSTGRES).mend();
            }
            return "for " + length.toSeconds() + " s";
        }
    }

    /** Spoils a share of all S3 requests for a time. */
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
        public String inject(FaultContext context) throws InterruptedException {
            Duration length = context.between(5, 12);
            AtomicInteger spoiled = new AtomicInteger();
            Runnable end = context.scenario()
                    .services()
                    .storeProxy()
                    .inject(request -> context.random().nextDouble() < share, counted(spoiled, fault));
            context.hold(length);
            end.run();
            return exchanges(spoiled) + " for " + length.toSeconds() + " s, share " + share;
        }
    }

    /** Delays each S3 response by 10 s, for a time. */
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
        public String inject(FaultContext context) throws InterruptedException {
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
            context.hold(Duration.ofSeconds(4));
            end.run();
            return exchanges(stalled) + " in 4 s";
        }
    }

    private static FaultProxy.Fault counted(AtomicInteger times, FaultProxy.Fault fault) {
        return exchange -> {
            times.incrementAndGet();
            fault.inject(exchange);
        };
    }

    private static String exchanges(AtomicInteger times) {
        return (times.get() == 0 ? Fault.NOTHING : times) + " requests";
    }

    /** Publishes the newest messages of jobs in progress twice more, directly to the queue of their stage. */
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
        public String inject(FaultContext context) throws InterruptedException {
            List<Map<String, String>> jobs;
            try {
                jobs = inProgress(context);
            } catch (IllegalStateException databaseUnavailable) {
                return NOTHING + ": database unavailable";
            }
            for (Map<String, String> job : jobs) {
                for (int copy = 0; copy < 2; copy++) {
                    context.scenario().producer().send(ContractNames.queue(job.get("stage")), job.get("message"));
                }
            }
            return jobs.isEmpty() ? NOTHING + ": no job in progress" : jobs.size() + " jobs";
        }

        private static List<Map<String, String>> inProgress(FaultContext context) {
            return context.scenario()
                    .services()
                    .postgres()
                    .database()
                    .query("SELECT j.message, r.stage FROM sluice.job j JOIN sluice.stage_run r ON r.job_id = j.id"
                            + " WHERE j.state = 'running' AND r.state <> 'done' LIMIT 5");
        }
    }
}
