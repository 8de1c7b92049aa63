package dev.sluice.workspace;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.config.WorkspaceConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
final class WorkspaceTest {
    private static final JobId JOB = new JobId("job-1");

    private final Vertx vertx;
    private Workspace workspace;

    @TempDir
    private Path dir;

    private static WorkspaceConfig config(Path directory) {
        return new WorkspaceConfig(WorkspaceConfig.Mode.LOCAL, directory, 0, 0, Duration.ofMinutes(1));
    }

    WorkspaceTest(Vertx vertx) {
        this.vertx = vertx;
    }

    @BeforeEach
    void open() {
        workspace = await(Workspace.open(vertx, config(dir.resolve("new/workspace"))));
    }

    @Test
    void keepsTheFilesOfWorkThatSucceeded() {
        Path file = await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> written(here.file("source"))));

        assertThat(file).hasContent("made");
        assertThat(await(workspace.resolve(JOB, workspace.relativize(file)))).isEqualTo(file);
    }

    @Test
    void takesAwayTheFilesOfWorkThatFailed() {
        JobException why = new JobException(ErrorCode.UNREADABLE, "No.");

        JobException failure = failureOf(workspace.withAttemptDirectory(
                attempt(JOB, 1), 0, here -> written(here.file("source")).compose(made -> Future.failedFuture(why))));

        assertThat(failure).isSameAs(why);
        assertThat(filesIn(workspace.root())).isEmpty();
    }

    @Test
    void takesAwayTheFilesOfWorkThatThrew() {
        JobException why = new JobException(ErrorCode.UNREADABLE, "No.");

        JobException failure = failureOf(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> {
            throw why;
        }));

        assertThat(failure).isSameAs(why);
        assertThat(workspace.root().resolve("jobs")).isDirectoryNotContaining("glob:**/download-0-1");
    }

    @Test
    void givesEachAttemptADirectoryOfItsOwn() {
        Path first = await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> written(here.file("source"))));
        Path second = await(workspace.withAttemptDirectory(attempt(JOB, 2), 0, here -> written(here.file("source"))));

        assertThat(first).isNotEqualTo(second).exists();
        assertThat(second.getParent()).hasFileName("download-0-2");
    }

    @Test
    void beginsWithAnEmptyDirectoryWhateverLayThere() {
        await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> written(here.file("old"))));

        Path path =
                await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> Future.succeededFuture(here.path())));

        assertThat(path).isEmptyDirectory();
    }

    @Test
    void findsCopiesOfStagedFilesByAttemptNameAndSize() {
        keepCopy(attempt(JOB, 1));

        assertThat(copy("download-0-1", "360p.mp4", 4).orElseThrow()).hasContent("made");
        assertThat(copy("download-0-1", "360p.mp4", 5)).isEmpty();
        assertThat(copy("download-0-1", "540p.mp4", 4)).isEmpty();
        assertThat(copy("download-0-2", "360p.mp4", 4)).isEmpty();
        assertThat(copy("../download-0-1", "360p.mp4", 4)).isEmpty();
        assertThat(await(workspace.attemptDirectories().listStaged(JOB.pathSegment())))
                .as("attempts that the cleanup finds")
                .containsExactly(new AttemptDirectoryName(StageName.DOWNLOAD, 0, 1));

        await(workspace.delete(attempt(JOB, 1)));

        assertThat(filesIn(workspace.root())).isEmpty();
    }

    @Test
    void deletesTheCopyOfAnAttemptWhoseFencingTokenRepeats() {
        keepCopy(attempt(JOB, 1));

        await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> Future.succeededFuture()));

        assertThat(filesIn(workspace.root())).isEmpty();
    }

    @Test
    void keepsNoCopyIfTheDiskIsLowOnSpace() throws IOException {
        Workspace low = workspaceThatKeepsFree(diskBytes());
        await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> written(here.file("360p.mp4"))));

        await(low.stagedCopies().keep(attempt(JOB, 1)));

        assertThat(filesIn(workspace.root())).isEmpty();
    }

    @Test
    void deletesAllCopiesWhenTheDiskIsLowOnSpace() throws IOException {
        keepCopy(attempt(JOB, 1));
        keepCopy(attempt(new JobId("job-2"), 1));
        Workspace low = workspaceThatKeepsFree(diskBytes() - 1);

        JobException failure =
                failureOf(low.withAttemptDirectory(attempt(JOB, 2), 0, here -> Future.succeededFuture(here.path())));

        assertThat(failure.code()).isEqualTo(ErrorCode.DISK_LOW);
        assertThat(filesIn(workspace.root())).isEmpty();
    }

    private void keepCopy(Attempt attempt) {
        await(workspace.withAttemptDirectory(attempt, 0, here -> written(here.file("360p.mp4"))));
        await(workspace.stagedCopies().keep(attempt));
    }

    private Optional<Path> copy(String attempt, String name, long bytes) {
        return await(workspace.stagedCopies().find(JOB, attempt, name, bytes));
    }

    private long diskBytes() throws IOException {
        return DiskReservations.Disk.of(Files.getFileStore(dir)).total();
    }

    private Workspace workspaceThatKeepsFree(long bytes) {
        return await(Workspace.open(
                vertx,
                new WorkspaceConfig(
                        WorkspaceConfig.Mode.OBJECT_STORE, workspace.root(), bytes, 0, Duration.ofMinutes(1))));
    }

    @Test
    void discardsAllOfOneJobAndNothingOfAnother() {
        JobId other = new JobId("job-2");
        await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> written(here.file("a"))));
        await(workspace.withAttemptDirectory(attempt(JOB, 2), 0, here -> written(here.file("b"))));
        Path kept = await(workspace.withAttemptDirectory(attempt(other, 1), 0, here -> written(here.file("c"))));

        await(workspace.delete(JOB));
        await(workspace.delete(JOB));

        assertThat(filesIn(workspace.root())).containsExactly(kept);
    }

    @Test
    void discardsALinkAndNotWhatItLeadsTo() throws IOException {
        Path outside =
                Files.writeString(Files.createDirectory(dir.resolve("outside")).resolve("precious"), "!");
        await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> {
            link(here.file("link"), outside.getParent());
            return Future.succeededFuture();
        }));

        await(workspace.delete(JOB));

        assertThat(outside).hasContent("!");
        assertThat(workspace.root().resolve("jobs")).isEmptyDirectory();
    }

    static List<String> hostileIds() {
        return List.of(
                "..",
                ".",
                "../../etc",
                "/etc/passwd",
                "a/b",
                "C:\\x",
                "~",
                "-rf",
                "a b;c|d`e`",
                "ünï🎬",
                "\u202e",
                "x".repeat(255),
                "🎬".repeat(127),
                "con",
                " ");
    }

    @ParameterizedTest
    @MethodSource("hostileIds")
    void makesASafeNameOfAnyJobId(String id) {
        JobId job = new JobId(id.isBlank() ? "  x" : id);

        Path file = await(workspace.withAttemptDirectory(attempt(job, 1), 0, here -> written(here.file("source"))));

        assertThat(file.getParent().getParent().getParent())
                .isEqualTo(workspace.root().resolve("jobs"));
        assertThat(file.getParent().getParent().getFileName().toString()).matches("[A-Za-z0-9_-]{1,61}");
        assertThat(await(workspace.resolve(job, workspace.relativize(file)))).exists();
    }

    @Test
    void tellsJobsApartWhoseNamesLookAlike() {
        Stream<String> names = Stream.of("a/b", "a_b", "a:b", "A_b", "x".repeat(254), "x".repeat(255))
                .map(id -> new JobId(id).pathSegment());

        assertThat(names.map(String::toLowerCase)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../x",
                "jobs/../../x",
                "/etc/passwd",
                "jobs",
                "jobs/other/x",
                "x\u0000y",
                "\ud800"
            })
    void refusesAPathThatLeavesTheDirectoryOfTheJob(String path) {
        await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> written(here.file("source"))));

        assertThat(failureOf(workspace.resolve(JOB, path)).code()).isEqualTo(ErrorCode.INVALID_MESSAGE);
    }

    @Test
    void refusesAPathOverALinkThatLeavesTheDirectoryOfTheJob() throws IOException {
        Path outside = Files.writeString(dir.resolve("outside"), "secret");
        Path link = await(workspace.withAttemptDirectory(
                attempt(JOB, 1), 0, here -> Future.succeededFuture(link(here.file("link"), outside))));

        Future<Path> resolved = workspace.resolve(JOB, workspace.relativize(link));

        assertThat(failureOf(resolved).code()).isEqualTo(ErrorCode.INVALID_MESSAGE);
    }

    @Test
    void refusesAFileOfAnotherJob() {
        Path file = await(workspace.withAttemptDirectory(
                attempt(new JobId("other"), 1), 0, here -> written(here.file("source"))));

        Future<Path> resolved = workspace.resolve(JOB, workspace.relativize(file));

        assertThat(failureOf(resolved).code()).isEqualTo(ErrorCode.INVALID_MESSAGE);
    }

    @Test
    void saysThatAFileIsNotThereAnyMore() {
        Path file = await(workspace.withAttemptDirectory(attempt(JOB, 1), 0, here -> written(here.file("source"))));
        await(workspace.delete(JOB));

        Future<Path> resolved = workspace.resolve(JOB, workspace.relativize(file));

        assertThat(failureOf(resolved).code()).isEqualTo(ErrorCode.FILES_MISSING);
    }

    @Test
    void namesNoFileOutside() {
        assertThatIllegalArgumentException().isThrownBy(() -> workspace.relativize(dir.resolve("x")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> workspace.relativize(workspace.root().resolve("../x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/b", "/etc/passwd", "", "."})
    void lendsOnlyPlainFileNames(String name) {
        AttemptDirectory directory = new AttemptDirectory(workspace.root());

        assertThatIllegalArgumentException().isThrownBy(() -> directory.file(name));
    }

    @Test
    void complainsOfADirectoryThatCannotBeMade() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");

        Future<Workspace> opened = Workspace.open(vertx, config(file.resolve("workspace")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> await(opened))
                .withMessageStartingWith("workspace.directory: ");
    }

    @Test
    void completesOnTheContextOfTheCaller() {
        Context context = vertx.getOrCreateContext();
        Promise<Boolean> same = Promise.promise();

        context.runOnContext(start -> workspace
                .withAttemptDirectory(
                        attempt(JOB, 1), 0, here -> Future.succeededFuture(Vertx.currentContext() == context))
                .map(inside -> inside && Vertx.currentContext() == context)
                .onComplete(same));

        assertThat(await(same.future())).isTrue();
    }

    private static Attempt attempt(JobId job, int token) {
        return new Attempt(RunId.ofStage(job, StageName.DOWNLOAD), token, 1);
    }

    private static Future<Path> written(Path file) {
        try {
            return Future.succeededFuture(Files.writeString(file, "made"));
        } catch (IOException cause) {
            return Future.failedFuture(cause);
        }
    }

    private static Path link(Path link, Path to) {
        try {
            return Files.createSymbolicLink(link, to);
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        }
    }

    private static List<Path> filesIn(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        }
    }
}
