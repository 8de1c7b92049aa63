package dev.sluice.faults;

import dev.sluice.faults.FaultRunConfig.Disk;
import dev.sluice.faults.FaultSchedule.Injected;
import dev.sluice.persistence.StoredEncodeSpeed;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One run: workers, jobs, faults, and finally the invariant checker. Uses the production jar as built, and writes its logs
 * and its report to target/faults.
 */
final class FaultRun {
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration EXTRA_TIME = Duration.ofSeconds(40);
    /** One in this number of jobs has a source that is not a video. */
    private static final int INVALID_EVERY = 20;

    private static final String CLUSTER_SECRET = "secret of a fault run, 32 characters and more";

    private final FaultPlan plan;
    private final FaultScenario scenario;
    private final Random random;

    private FaultRun(FaultPlan plan, FaultScenario scenario) {
        this.plan = plan;
        this.scenario = scenario;
        this.random = new Random(plan.seed());
    }

    /**
     * Result of a run.
     *
     * @param mistakes failures of the test itself
     */
    record Result(List<Violation> violations, List<String> mistakes, String report, Path directory) {
        @Override
        public String toString() {
            return report + "\n\nviolations: " + violations.size() + "\n"
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("\n")) + "\nmistakes: "
                    + mistakes + "\nlogs: " + directory;
        }
    }

    static Result run(FaultPlan plan) throws Exception {
        try (FaultScenario scenario = FaultScenario.open(plan.name() + "-" + plan.seed(), config(plan))) {
            return new FaultRun(plan, scenario).run();
        }
    }

    private static FaultRunConfig config(FaultPlan plan) {
        FaultRunConfig workers = FaultRunConfig.of(plan.workers()).withBackendIfChosen();
        if (plan.clustered()) {
            workers = workers.with(new JsonObject()
                    .put("cluster", new JsonObject().put("enabled", true).put("secret", CLUSTER_SECRET)));
        }
        if (streamsWhileEncoding(plan)) {
            workers = workers.with(new JsonObject()
                    .put(
                            "media",
                            new JsonObject().put("streamWhileEncoding", true).put("growingStreamSeconds", 10)));
        }
        return plan.segmentedEvery() == 0
                ? workers.on(Disk.chosen())
                : workers.on(Disk.OWN)
                        .with(new JsonObject()
                                .put(
                                        "delivery",
                                        new JsonObject()
                                                // The estimate is three seconds for the long video, a ninth of that
                                                // for the clip.
                                                .put("maxTaskSeconds", 1)
                                                .put("maxSegmentsInFlight", 3)));
    }

    /** With {@code -Dfaults.streamWhileEncoding=true}. */
    private static boolean streamsWhileEncoding(FaultPlan plan) {
        return plan.segmentedEvery() > 0 && Boolean.getBoolean("faults.streamWhileEncoding");
    }

    private Result run() throws Exception {
        try (GrowingStreamWatcher streams =
                new GrowingStreamWatcher(scenario.services().bucket().file("streams"))) {
            return run(streams);
        }
    }

    private Result run(GrowingStreamWatcher streams) throws Exception {
        if (plan.segmentedEvery() > 0) {
            StoredEncodeSpeed.store(
                    scenario.vertx(), scenario.services().postgres().database().config(), StoredEncodeSpeed.SLOW);
        }
        scenario.startWorkers();
        long began = System.nanoTime();
        FaultSchedule schedule = new FaultSchedule(scenario, plan.seed(), plan.gap(), plan.faults());
        schedule.start();
        try {
            submitJobs(schedule);
        } finally {
            schedule.end();
        }
        boolean drained = scenario.drain(plan.drainFor());
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        List<String> mistakes = new ArrayList<>(schedule.injected().stream()
                .flatMap(fault -> fault.failure().stream())
                .toList());
        scenario.stopWorkers().forEach(worker -> mistakes.add(worker + " did not stop gracefully"));
        if (plan.segmentedEvery() > 0 && segments() == 0) {
            mistakes.add("no video was encoded in segments");
        }
        Snapshot snapshot = scenario.snapshot();
        List<Violation> violations = new ArrayList<>(InvariantChecker.check(snapshot));
        violations.addAll(streams.violations());
        FaultReport report = new FaultReport();
        summarize(report, snapshot, schedule.injected(), took, drained);
        if (streamsWhileEncoding(plan)) {
            report.line("%s", streams.summary());
        }
        Result result = new Result(violations, mistakes, report.toString(), scenario.directory());
        Files.writeString(scenario.directory().resolve("report.txt"), result.toString());
        Files.write(
                scenario.directory().resolve("faults.txt"),
                schedule.injected().stream().map(Injected::toString).toList());
        Files.write(
                scenario.directory().resolve("updates.txt"),
                snapshot.updates().stream().map(RecordedUpdate::toString).toList());
        return result;
    }

    private long segments() {
        return Long.parseLong(scenario.services()
                .postgres()
                .database()
                .value("SELECT count(*) FROM sluice.stage_run WHERE stage = 'segment' AND state = 'done'"));
    }

    private void submitJobs(FaultSchedule schedule) throws InterruptedException {
        long until = System.nanoTime() + plan.submitFor().toNanos();
        long deadline = until + EXTRA_TIME.toNanos();
        int submitted = 0;
        while ((plan.jobs() == 0 || submitted < plan.jobs())
                && System.nanoTime() < (schedule.isComplete() ? until : deadline)) {
            if (scenario.recorder().awaitEnded(submitted - plan.inFlight() + 1, POLL_INTERVAL)) {
                boolean video = random.nextInt(INVALID_EVERY) != 0;
                int copies = 1 + random.nextInt(3);
                boolean segmented = plan.segmentedEvery() > 0 && submitted % plan.segmentedEvery() == 0;
                scenario.submit(new SubmittedJob("job-" + submitted, video, copies, segmented));
                submitted++;
            }
        }
    }

    private void summarize(
            FaultReport report, Snapshot snapshot, List<Injected> injected, Duration took, boolean drained)
            throws IOException {
        Map<String, Long> ends = snapshot.jobs().values().stream()
                .collect(Collectors.groupingBy(
                        job -> job.state() + (job.errorCode().isEmpty() ? "" : " " + job.errorCode()),
                        TreeMap::new,
                        Collectors.counting()));
        int jobs = snapshot.submitted().size();
        report.line(
                "run '%s', seed %d, %d workers, workspace %s",
                plan.name(), plan.seed(), plan.workers(), config(plan).disk());
        report.line(
                "jobs: %d submitted in %d messages, ended %s; %d s, %.2f jobs/s%s",
                jobs,
                snapshot.submitted().stream().mapToInt(SubmittedJob::copies).sum(),
                ends,
                took.toSeconds(),
                jobs * 1000.0 / took.toMillis(),
                drained ? "" : "; NOT IDLE at the end");
        report.line(
                "updates: %d, duplicates %d, redelivered %d",
                snapshot.updates().size(),
                snapshot.updates().size()
                        - snapshot.updates().stream()
                                .map(RecordedUpdate::messageId)
                                .distinct()
                                .count(),
                snapshot.updates().stream().filter(RecordedUpdate::redelivered).count());
        scenario.services()
                .postgres()
                .database()
                .query(
                        "SELECT count(*) AS runs, sum(attempt % 10000) AS claims, sum(counted) AS counted, max(counted) AS most"
                                + " FROM sluice.stage_run")
                .forEach(row -> report.line("runs, claims, counted attempts, maximum for one run: %s", row.values()));
        scenario.services()
                .postgres()
                .database()
                .query("SELECT count(*) AS segments, sum(attempt % 10000) AS claims, sum(counted - 1) AS again"
                        + " FROM sluice.stage_run WHERE stage = 'segment' AND state = 'done'")
                .forEach(row -> report.line("segments, claims, repeated encodes: %s", row.values()));
        scenario.services()
                .postgres()
                .database()
                .query("SELECT h->>'error_code' AS code, count(*) FROM sluice.stage_run,"
                        + " jsonb_array_elements(history) h GROUP BY 1 ORDER BY 2 DESC")
                .forEach(row -> report.line("  attempts that ended with %s", row.values()));
        for (String text : List.of(
                "lease lost; result discarded", "lease lost; run cancelled", "delivery skipped", "delivery requeued")) {
            report.line("log lines '%s': %d", text, count(text));
        }
        report.faults(injected);
        report.failover(scenario.failover(), injected);
    }

    private long count(String text) throws IOException {
        long lines = 0;
        for (WorkerProcess worker : scenario.workers()) {
            lines += Files.readString(worker.log())
                    .lines()
                    .filter(line -> line.contains(text))
                    .count();
        }
        return lines;
    }
}
