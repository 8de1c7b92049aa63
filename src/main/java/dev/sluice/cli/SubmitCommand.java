package dev.sluice.cli;

import dev.sluice.backend.job.JobPoller;
import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.SluiceConfig;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits a local file to a pipeline that runs in other processes. */
@Command(name = "submit", description = "Upload a file and create a job.")
public final class SubmitCommand implements Callable<Integer> {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "FILE", description = "video file")
    private Path file = Path.of("");

    @Option(names = "--user", paramLabel = "ID", description = "owner (user ID; default: ${DEFAULT-VALUE})")
    private String user = "sluice";

    @Option(names = "--wait", description = "show the progress and return when the job has ended")
    private boolean wait;

    @Override
    public Integer call() {
        requireReadable(file);
        SluiceConfig checked = config.load();
        Vertx vertx = Vertx.vertx();
        try {
            S3ObjectStore objectStore = new S3ObjectStore(vertx, checked.s3());
            return Database.open(vertx, checked.postgres())
                    .compose(database -> UserTables.open(database, checked.postgres())
                            .compose(tables -> submit(vertx, checked, objectStore, new JobRepository(database, tables)))
                            .eventually(database::close))
                    .eventually(objectStore::close)
                    .await();
        } finally {
            vertx.close().await();
        }
    }

    /**
     * Requires a file that can be read.
     *
     * @throws IllegalArgumentException names the file and what is wrong
     */
    public static void requireReadable(Path file) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("File not found: " + file);
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("Not a file: " + file
                    + (Files.isDirectory(file) ? " is a directory. Name one video file." : ". Name a video file."));
        }
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("The file cannot be read: " + file + ". Check its permissions.");
        }
    }

    private Future<Integer> submit(Vertx vertx, SluiceConfig checked, S3ObjectStore objectStore, JobRepository jobs) {
        JobSubmissionService submission = new JobSubmissionService(objectStore, jobs);
        if (!wait) {
            return submission
                    .submit(file, user, ProgressListener.noop())
                    .onSuccess(job -> System.out.println(job.id()))
                    .map(StagedJob::id)
                    .map(created -> CommandLineRunner.OK);
        }
        String bucket = "s3://" + checked.s3().bucket() + "/";
        return new JobFollower(submission, new JobPoller(vertx, jobs, POLL_INTERVAL), System.out, key -> bucket + key)
                .submitAndFollow(file, user);
    }
}
