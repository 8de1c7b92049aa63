package dev.sluice.endtoend;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.google.gson.JsonParser;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.ReducedMotion;
import dev.sluice.ServicesExtension;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The web UI in Chromium, with a complete pipeline. Screenshots are stored in {@code target/screenshots}. */
@ExtendWith(ServicesExtension.class)
@Timeout(240)
class WebUiIT {
    private static final int DESKTOP = 1280;
    private static final int PHONE = 360;
    private static final long LARGE_UPLOAD_BYTES = 24L << 20;
    private static final int SLOW_BYTES_PER_SECOND = 2_000_000;

    private static final String SELECTED_FILTER_IS_LIGHTER = """
            () => {
              const lightness = (selector) => getComputedStyle(document.querySelector(selector)).backgroundColor.match(/\\d+/g)
                .slice(0, 3).reduce((sum, channel) => sum + Number(channel), 0);
              return lightness('.filter input:checked + label') > lightness('.filter');
            }
            """;

    /** The number of lines of the stage bars, with notes of different lengths. */
    private static final String STAGE_BAR_LINES = """
            () => {
              [...document.querySelectorAll('.stages.large .stage-note')].at(-1).textContent = '7%';
              return new Set([...document.querySelectorAll('.stages.large .bar')].map((bar) => bar.getBoundingClientRect().top)).size;
            }
            """;

    @TempDir
    private Path directory;

    private static PipelineFixture pipeline;
    private static Browser browser;
    private static String home;
    private static TestClient client;

    private Page page;

    @BeforeAll
    static void start(PipelineFixture fixture) throws Exception {
        browser = Browser.open();
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(2));
        pipeline.upload("uploads/film.mp4", pipeline.clip(12));
        JsonObject previews = PipelineFixture.previews(true)
                .put("previewClip", true)
                .put("ladder", JsonArray.of(rung("180p", 180, 200), rung("360p", 360, 800)));
        int port = pipeline.startWithBackend(new JsonObject()
                .put("profiles", new JsonObject().put("previews", previews))
                .put("backend", new JsonObject().put("corsOrigins", new JsonArray().add("https://app.test"))));
        home = "http://127.0.0.1:" + port + "/";
        client = new TestClient(pipeline.vertx(), port);
    }

    private static JsonObject rung(String quality, int shortSide, int maxKbps) {
        return new JsonObject()
                .put("quality", quality)
                .put("shortSide", shortSide)
                .put("maxKbps", maxKbps);
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void signIn() {
        page = signedIn(ColorScheme.LIGHT, DESKTOP);
    }

    /** Open pages receive updates, and animations draw, until the browser is closed. */
    @AfterEach
    void closePages() {
        browser.closePages();
    }

    private static Page signedIn(ColorScheme scheme, int width) {
        Page page = browser.page(scheme, width);
        page.navigate(home);
        Locator form = page.getByTestId("token-form");
        form.locator("input").fill(TestTokens.admin());
        form.locator("button").click();
        assertThat(page.getByTestId("live-state")).containsText("Live");
        return page;
    }

    @Test
    void playsAVideoAfterItsUpload() throws Exception {
        drop("upload.mp4", Files.readAllBytes(pipeline.clipWithText(12)));

        Locator upload = page.getByTestId("upload-row");
        assertThat(upload.getByTestId("stage-download"))
                .hasAttribute("aria-valuenow", Pattern.compile("[1-9][0-9]*"), within(120));
        Browser.screenshot(page, "home-in-progress");
        assertThat(upload.getByTestId("stage-upload")).hasAttribute("aria-valuenow", "100", within(120));
        assertAccessible("home");

        upload.getByRole(AriaRole.LINK).first().click();
        assertThat(page.getByTestId("player")).isVisible();
        assertThat(page.getByTestId("status")).containsText("Completed");
        assertThat(page.getByTestId("rendition-select")).isVisible();
        page.evaluate("document.querySelector('[data-testid=player]').muted = true");
        page.evaluate("document.querySelector('[data-testid=player]').play()");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').currentTime > 0.5");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').videoHeight > 0");
        // The signed stream; its playlists come from the API, its media from the object store.
        assertThat(page.getByTestId("rendition-select")).hasValue("automatic");
        assertThat(page.getByTestId("rendition-select")).containsText("Automatic (360p)");
        assertThat(page.getByTestId("player")).hasAttribute("src", Pattern.compile("blob:.*"));
        page.evaluate("document.querySelector('[data-testid=player]').currentTime = 6");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').currentTime > 6.4");
        page.evaluate("document.querySelector('[data-testid=player]').currentTime = 1");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').currentTime < 3");
        page.evaluate("document.querySelector('[data-testid=player]').textTracks[0].mode = 'showing'");
        page.waitForFunction(
                "() => document.querySelector('[data-testid=player]').textTracks[0].cues?.[0]?.text === '<b>Hallo</b>'");
        assertThat(page.evaluate("document.querySelector('[data-testid=player]').textTracks.length"))
                .as("subtitles and chapters, once")
                .isEqualTo(2);
        page.getByTestId("rendition-select").selectOption("360p");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').currentTime > 1.5");
        assertThat(page.getByText("Open file")).hasAttribute("href", Pattern.compile(".*_360p\\.mp4\\?X-Amz-.*"));
        assertThat(page.getByTestId("timings")).isVisible();
        assertThat(page.locator("dl.details")).containsText(Pattern.compile("CPU time of FFmpeg\\s*[0-9.]+ s"));
        assertThat(page.locator("dl.details")).containsText(Pattern.compile("Peak memory of FFmpeg\\s*[0-9.]+ MB"));
        assertAccessible("job");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void switchesRenditionWithinStream() throws Exception {
        pipeline.backend().send(PipelineFixture.job("film", "uploads/film.mp4").put("profile", "previews"));
        page.navigate(home + "#/jobs/film");
        assertThat(page.getByTestId("status")).containsText("Completed", containing(120));
        assertThat(page.getByTestId("rendition-select").locator("option")).hasCount(3);
        String stream = page.getByTestId("player").getAttribute("src");

        page.evaluate("document.querySelector('[data-testid=player]').muted = true");
        page.evaluate("document.querySelector('[data-testid=player]').play()");
        for (int height : List.of(360, 180)) {
            page.getByTestId("rendition-select").selectOption(height + "p");
            page.waitForFunction(
                    "height => document.querySelector('[data-testid=player]').videoHeight === height", height);
            page.evaluate("document.querySelector('[data-testid=player]').currentTime = 1");
        }
        page.getByTestId("rendition-select").selectOption("automatic");

        assertThat(page.getByTestId("rendition-select")).containsText(Pattern.compile("Automatic \\((180|360)p\\)"));
        assertThat(page.getByTestId("player")).hasAttribute("src", stream);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void showsStoryboardAtPositionsOfSeekBar() throws Exception {
        pipeline.backend()
                .send(PipelineFixture.job("storyboard", "uploads/film.mp4").put("profile", "previews"));
        page.navigate(home + "#/jobs/storyboard");
        Locator bar = page.getByTestId("seek-bar");
        Locator tile = page.getByTestId("storyboard-tile");
        assertThat(bar).hasAttribute("max", "12", within(120));
        assertThat(tile).isHidden();

        bar.hover();
        assertThat(tile).hasText("0:06");
        // The seventh tile of the first row of the sheet.
        assertThat(tile.locator("img")).hasCSS("object-position", "-960px 0px");
        page.waitForFunction("() => document.querySelector('[data-testid=storyboard-tile] img').naturalWidth === 1600");
        assertAccessible("job-storyboard");
        page.mouse().move(0, 0);
        assertThat(tile).isHidden();

        focusByTab("[data-testid=seek-bar]");
        page.keyboard().press("ArrowRight");
        assertThat(tile).hasText("0:01");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').currentTime === 1");
        assertThat(browser.errors()).isEmpty();
    }

    /** Played by a mouse that points at it, unless the user prefers reduced motion; by a click in any case. */
    @Test
    void playsPreviewClip() throws Exception {
        pipeline.backend()
                .send(PipelineFixture.job("preview", "uploads/clip.mp4").put("profile", "previews"));
        page.navigate(home + "#/jobs/preview");
        Locator clip = page.getByTestId("preview");
        assertThat(clip).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(120_000));
        page.waitForFunction("() => document.querySelector('[data-testid=preview]').videoWidth === 320");
        assertThat(clip).hasJSProperty("muted", true);
        assertThat(clip).hasJSProperty("loop", true);
        assertThat(clip).hasJSProperty("paused", true);

        clip.hover();
        page.waitForFunction("() => document.querySelector('[data-testid=preview]').currentTime > 0");
        assertAccessible("job-preview");
        page.mouse().move(0, 0);
        assertThat(clip).hasJSProperty("paused", true);

        page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
        clip.hover();
        assertThat(clip).hasJSProperty("paused", true);
        clip.click();
        assertThat(clip).hasJSProperty("paused", false);
        clip.click();
        assertThat(clip).hasJSProperty("paused", true);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void renewsExpiredUrls() throws Exception {
        pipeline.backend()
                .send(PipelineFixture.job("expired", "uploads/film.mp4").put("profile", "previews"));
        page.navigate(home + "#/jobs/expired");
        Locator bar = page.getByTestId("seek-bar");
        assertThat(bar).hasAttribute("max", "12", within(120));
        String stream = page.getByTestId("player").getAttribute("src");

        rejectUntilOutputsAreRequested("**/*p.mp4?*");
        page.evaluate("document.querySelector('[data-testid=player]').muted = true");
        page.evaluate("document.querySelector('[data-testid=player]').play()");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').currentTime > 6.5");
        rejectUntilOutputsAreRequested("**/storyboard.vtt?*");
        bar.hover();
        assertThat(page.getByTestId("storyboard-tile")).isVisible();

        assertThat(page.getByTestId("rendition-select")).hasValue("automatic");
        assertThat(page.getByTestId("player")).not().hasAttribute("src", stream);
    }

    private void rejectUntilOutputsAreRequested(String objects) {
        page.route(objects, route -> route.fulfill(new Route.FulfillOptions().setStatus(403)));
        page.route("**/jobs/expired/outputs", route -> {
            page.unroute(objects);
            route.resume();
        });
    }

    @Test
    void playsRenditionIfStreamCannotBePlayed() throws Exception {
        pipeline.backend().send(PipelineFixture.job("plain", "uploads/clip.mp4"));
        page.route("**/streams/master.m3u8*", Route::abort);
        page.navigate(home + "#/jobs/plain");
        assertThat(page.getByTestId("status")).containsText("Completed", containing(120));

        assertThat(page.getByTestId("rendition-select")).hasValue("360p");
        page.waitForFunction("() => document.querySelector('[data-testid=player]').readyState > 1");
        assertThat(page.getByTestId("player")).hasAttribute("src", Pattern.compile(".*_360p\\.mp4\\?X-Amz-.*"));

        page.unroute("**/streams/master.m3u8*");
        page.route("**/hls.min.js", Route::abort);
        page.reload();
        assertThat(page.getByTestId("player"))
                .hasAttribute("src", Pattern.compile(".*/streams/master\\.m3u8\\?token=.*"));
        page.waitForFunction("() => document.querySelector('[data-testid=player]').readyState > 1");
    }

    /** A script or user that starts the player before it has a source would be interrupted by the source. */
    @Test
    void hidesPlayerUntilOutputsAreLoaded() throws Exception {
        pipeline.backend().send(PipelineFixture.job("slow", "uploads/clip.mp4"));
        List<Route> requests = new ArrayList<>();
        page.route("**/jobs/slow/outputs", requests::add);
        page.navigate(home + "#/jobs/slow");
        assertThat(page.getByTestId("status")).containsText("Completed", containing(120));
        page.waitForCondition(() -> !requests.isEmpty());
        assertThat(page.getByTestId("player")).isHidden();

        requests.forEach(Route::resume);
        assertThat(page.getByTestId("player")).isVisible();
        page.evaluate("document.querySelector('[data-testid=player]').muted = true");
        page.evaluate("document.querySelector('[data-testid=player]').play()");
    }

    @Test
    void continuesUploadAfterRestartPauseAndReload() throws Exception {
        Path video = directory.resolve("large.mp4");
        PaddedVideoFile content = new PaddedVideoFile(Files.readAllBytes(pipeline.clip(2)), LARGE_UPLOAD_BYTES);
        try (InputStream bytes = content.bytes(0, content.size())) {
            Files.copy(bytes, video);
        }
        limitUploadSpeed(SLOW_BYTES_PER_SECOND);
        page.setInputFiles("[data-testid=file-input]", video);
        Locator upload = page.getByTestId("upload-row");
        assertThat(upload).containsText(Pattern.compile("MB/s · about .* left"));

        PipelineFixture.get(pipeline.sluice().undeploy("api"));
        assertThat(upload).containsText("Next attempt in");
        PipelineFixture.get(pipeline.sluice().deploy("api"));
        assertThat(upload).containsText(Pattern.compile("Uploading, [1-9]"));

        upload.getByText("Pause").click();
        assertThat(upload).containsText(Pattern.compile("Paused at [1-9]"));
        Browser.screenshot(page, "upload-paused");
        upload.getByText("Resume").click();
        assertThat(upload).containsText(Pattern.compile("Uploading, [1-9]"));

        page.reload();
        assertThat(page.getByTestId("interrupted-row")).containsText(Pattern.compile("Interrupted at [1-9]"));
        assertAccessible("upload-interrupted");
        limitUploadSpeed(-1);
        page.setInputFiles("[data-testid=file-input]", video);
        assertThat(upload).hasAttribute("data-job", "completed", within(120));
        assertThat(page.getByTestId("interrupted-row")).hasCount(0);
        String key = client.get("/api/video-processing/jobs/" + upload.getAttribute("data-job-id"), TestTokens.admin())
                .json()
                .getString("s3_key");
        assertThat(pipeline.download(key, directory.resolve("stored"))).hasSameBinaryContentAs(video);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void rejectsFileThatIsNotAVideo() {
        drop("notes.mp4", "This is not a video but text.".repeat(10).getBytes(StandardCharsets.UTF_8));

        assertThat(page.getByTestId("upload-row").getByTestId("error")).containsText("not a video");
        Browser.screenshot(page, "home-no-video");
    }

    @Test
    void showsErrorAndRetriesFailedJob() throws Exception {
        pipeline.backend()
                .send(PipelineFixture.job("gone", "uploads/nothing.mp4")
                        .put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        Locator gone = page.locator("[data-testid=job-row][data-job-id=gone]");
        assertThat(gone.getByTestId("status")).containsText("Failed");
        gone.getByRole(AriaRole.LINK).first().click();
        assertThat(page.getByTestId("error")).containsText("not");
        assertThat(page.getByTestId("error")).containsText("Trace 0af7651916cd43dd8448eb211c80319c");
        assertAccessible("job-failed");
        // The advice is to upload the file again: that is the primary action, and it opens the file dialog.
        assertThat(page.locator("main .primary")).hasText("Upload again");
        page.waitForFileChooser(() -> page.getByTestId("upload-again").click());

        pipeline.upload("uploads/nothing.mp4", pipeline.clip(1));
        page.getByTestId("retry").click();
        assertThat(page.getByTestId("status")).containsText("Completed", containing(120));
        Locator timings = page.getByTestId("timings");
        timings.locator("summary").click();
        assertThat(timings.locator("tbody tr"))
                .containsText(new String[] {"Failed: The object", "Completed", "Completed", "Completed"});
        assertThat(timings.locator(".run[data-state=failed]")).hasCount(1);
        Browser.screenshot(page, "job-after-retry");
    }

    @Test
    void showsCancelledJobAsStateOfItsOwn() {
        pipeline.database()
                .execute(
                        "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"status\") VALUES ('unwanted', 'media-unwanted', 'PENDING')");
        page.navigate(home + "#/jobs/unwanted");
        assertThat(page.getByTestId("status")).hasText("Waiting");

        page.getByTestId("cancel").click();
        page.getByTestId("confirm").click();

        assertThat(page.getByTestId("status")).hasText("Cancelled");
        assertThat(page.locator(".failure")).hasCount(0);
        assertAccessible("job-cancelled");
        page.navigate(home);
        page.getByText("Cancelled", new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        assertThat(page.locator("[data-testid=job-row][data-job-id=unwanted]")).isVisible();
        assertThat(page.locator("[data-testid=job-row]:not([data-state=cancelled])"))
                .hasCount(0);
        page.getByText("Failed", new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        assertThat(page.locator("[data-testid=job-row][data-state=cancelled]")).hasCount(0);
    }

    @Test
    void saysThatItsScriptDidNotLoad() {
        Page blocked = browser.page(ColorScheme.LIGHT, PHONE);
        blocked.route("**/page/dom.js", Route::abort);
        blocked.navigate(home);
        assertThat(blocked.getByTestId("not-loaded")).isVisible();
        assertThat(page.getByTestId("not-loaded")).hasCount(0);
        Browser.screenshot(blocked, "not-loaded");
        blocked.context().close();
    }

    /** The estimate of a reload, for which no update is known; all times are of the server. */
    @Test
    void estimatesRemainingTimeWithoutUpdates() {
        Object seconds = page.evaluate("""
                () => import('/page/remaining-time.js').then(({ remainingSeconds }) => remainingSeconds({
                  state: 'running', status: 'PROCESSING', progress: 40, current_step: 'processing_video', updated_at: '2026-01-01T00:00:30Z',
                  runs: [{ stage: 'download', started_at: '2026-01-01T00:00:00Z' }, { stage: 'processing', started_at: '2026-01-01T00:00:20Z' }],
                }))
                """);

        assertThat(seconds).as("a quarter took 10 s").isEqualTo(30);
    }

    @Test
    void replaysAndDiscardsDeadLetters() throws Exception {
        pipeline.backend().send("not a job");
        awaitDeadLetter();
        page.locator("a[href='#/operations']").click();
        Locator letter = page.getByTestId("dead-letter-row").first();
        assertThat(letter).isVisible();
        assertThat(page.getByTestId("queue-row").first()).isVisible();
        assertAccessible("operations");
        Page phone = signedInAt(ColorScheme.DARK, PHONE, "#/operations");
        assertThat(phone.getByTestId("stage-row").first()).isVisible();
        assertFitsWidth(phone);
        Browser.screenshot(phone, "operations-dark-phone");

        String id = String.valueOf(letter.getAttribute("data-dead-letter-id"));
        letter.getByTestId("replay").click();

        // The message is still invalid and becomes another dead letter.
        assertThat(page.locator("[data-dead-letter-id='" + id + "']")).hasCount(0);
        awaitDeadLetter();
        page.reload();
        Locator discard = page.getByTestId("dead-letter-row").first().getByTestId("discard");
        discard.click();
        page.getByTestId("confirm").click();
        assertThat(page.getByTestId("dead-letter-row")).hasCount(0);
    }

    @Test
    void pausesStagesAndRedeploysVerticlesOfWorkers() throws Exception {
        page.locator("a[href='#/operations']").click();
        Locator join = page.locator("[data-testid=stage-row][data-stage=join]");
        assertThat(join.getByRole(AriaRole.IMG).first())
                .hasAttribute("aria-label", Pattern.compile("^Waiting runs.*now 0"));

        join.getByRole(AriaRole.BUTTON).click();
        page.getByTestId("confirm").click();
        assertThat(page.locator("[data-stage=join][data-paused]")).isVisible();
        assertThat(page.locator("[data-verticle=join][data-state=PAUSED]"))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(20_000));
        assertAccessible("operations-paused");
        join.getByRole(AriaRole.BUTTON).click();
        assertThat(page.locator("[data-stage=join]:not([data-paused])")).isVisible();
        showsPausedStageOnWaitingJob();

        page.getByTestId("redeploy").first().click();
        page.getByTestId("confirm").click();
        assertThat(page.locator("#announcer"))
                .containsText("Redeployed: download, ", new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
    }

    private void showsPausedStageOnWaitingJob() throws Exception {
        page.locator("[data-stage=processing]").getByRole(AriaRole.BUTTON).click();
        page.getByTestId("confirm").click();
        assertThat(page.locator("[data-verticle=processing][data-state=PAUSED]"))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(20_000));
        pipeline.backend().send(PipelineFixture.job("paused", "uploads/clip.mp4"));
        page.navigate(home + "#/jobs/paused");
        page.reload();
        assertThat(page.locator(".job-line")).containsText("Processing is paused", containing(60));
        Browser.screenshot(page, "job-paused");
        page.navigate(home + "#/operations");
        Locator waiting = page.locator("[data-stage=processing]");
        assertThat(waiting.locator("td").first()).containsText("1", containing(60));
        Browser.screenshot(page, "operations-waiting");
        waiting.getByRole(AriaRole.BUTTON).click();
        assertThat(page.locator("[data-stage=processing]:not([data-paused])")).isVisible();
    }

    @Test
    void supportsKeyboardNavigation() throws Exception {
        pipeline.backend().send(PipelineFixture.job("keyboard", "uploads/clip.mp4"));
        assertThat(page.locator("[data-testid=job-row][data-job-id=keyboard]").getByTestId("status"))
                .containsText("Completed", containing(120));

        focusByTab("[data-job-id=keyboard] a, a[data-job-id=keyboard]");
        page.keyboard().press("Enter");
        assertThat(page.getByTestId("player")).isVisible();
        focusByTab("[data-testid=rendition-select], [data-testid=rendition-select] input");
        focusByTab("a[href='#/operations']");
        page.keyboard().press("Enter");
        assertThat(page.getByTestId("queue-row").first()).isVisible();
    }

    @Test
    void fitsDesktopAndPhoneInBothColorSchemes() throws Exception {
        pipeline.backend().send(PipelineFixture.job("layout", "uploads/clip.mp4"));
        assertThat(page.locator("[data-testid=job-row][data-job-id=layout]").getByTestId("status"))
                .containsText("Completed", containing(120));

        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {DESKTOP, PHONE}) {
                Page view = signedInAt(scheme, width, "#/jobs/layout");
                assertThat(view.getByTestId("timings")).isVisible();
                assertFitsWidth(view);
                assertThat(view.evaluate(STAGE_BAR_LINES))
                        .as("the bars of the stages are in one line")
                        .isEqualTo(1);
                assertNoSeriousViolations(view, "job " + scheme + " " + width);
                Browser.screenshot(view, "job-" + scheme + "-" + width);
                assertShowsSelectedFilter(view, scheme + "-" + width);
                view.context().close();
            }
        }
    }

    @Test
    void asksForTokenAndForAdministratorRole() {
        Page anonymous = browser.page(ColorScheme.LIGHT, DESKTOP);
        anonymous.navigate(home);
        Locator form = anonymous.getByTestId("token-form");
        form.locator("input").fill("nonsense");
        form.locator("button").click();
        assertThat(anonymous.getByTestId("token-form")).isVisible();
        assertNoSeriousViolations(anonymous, "sign-in");
        Browser.screenshot(anonymous, "sign-in");
        form.locator("input").fill(TestTokens.of("ann"));
        form.locator("button").click();
        assertThat(anonymous.getByTestId("live-state")).containsText("Live");

        anonymous.navigate(home + "#/operations");

        assertThat(anonymous.locator("main")).containsText("Administrator");
        anonymous.context().close();
    }

    private static void assertFitsWidth(Page view) {
        assertThat((Boolean)
                        view.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("page fits into the width of its window")
                .isTrue();
    }

    private static void assertShowsSelectedFilter(Page view, String name) {
        view.navigate(home + "#/");
        assertThat(view.getByTestId("job-row").first()).isVisible();
        assertNoSeriousViolations(view, "home " + name);
        assertThat((Boolean) view.evaluate(SELECTED_FILTER_IS_LIGHTER)).as(name).isTrue();
        Browser.screenshot(view, "home-" + name);
        view.emulateMedia(new Page.EmulateMediaOptions().setForcedColors(ForcedColors.ACTIVE));
        assertThat((Boolean) view.evaluate("""
                () => getComputedStyle(document.querySelector('.filter input:checked + label')).backgroundColor
                  !== getComputedStyle(document.querySelector('.filter input:not(:checked) + label')).backgroundColor
                """)).as("forced colours").isTrue();
        Browser.screenshot(view, "home-forced-colors-" + name);
    }

    private void limitUploadSpeed(int bytesPerSecond) {
        JsonObject conditions = new JsonObject()
                .put("offline", false)
                .put("latency", 0)
                .put("downloadThroughput", -1)
                .put("uploadThroughput", bytesPerSecond);
        CDPSession session = page.context().newCDPSession(page);
        session.send("Network.enable");
        session.send(
                "Network.emulateNetworkConditions",
                JsonParser.parseString(conditions.encode()).getAsJsonObject());
    }

    private static void awaitDeadLetter() {
        BackendSimulator.awaitThat(() -> !client.get("/api/video-processing/dead-letters", TestTokens.admin())
                .json()
                .getJsonArray("letters")
                .isEmpty());
    }

    private static Page signedInAt(ColorScheme scheme, int width, String hash) {
        Page view = signedIn(scheme, width);
        view.navigate(home + hash);
        return view;
    }

    private void drop(String name, byte[] bytes) {
        JSHandle transfer =
                page.evaluateHandle("""
                ([name, text]) => {
                  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
                  const transfer = new DataTransfer();
                  transfer.items.add(new File([bytes], name, { type: 'video/mp4' }));
                  return transfer;
                }
                """, List.of(name, Base64.getEncoder().encodeToString(bytes)));
        page.dispatchEvent("[data-testid=drop-zone]", "drop", Map.of("dataTransfer", transfer));
    }

    /** Presses Tab until the element has the focus, at most 120 times. */
    private void focusByTab(String selector) {
        page.evaluate("document.activeElement.blur()");
        for (int pressed = 0; pressed < 120; pressed++) {
            page.keyboard().press("Tab");
            if ((Boolean) page.evaluate("selector => document.activeElement.matches(selector)", selector)) {
                return;
            }
        }
        throw new AssertionError("not reachable with the keyboard: " + selector);
    }

    private void assertAccessible(String view) {
        assertNoSeriousViolations(page, view);
        Browser.screenshot(page, view);
    }

    private static void assertNoSeriousViolations(Page view, String name) {
        assertThat(new AxeBuilder(view)
                        .analyze().getViolations().stream()
                                .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
                                .map(Rule::getId))
                .as(name)
                .isEmpty();
    }

    private static LocatorAssertions.HasAttributeOptions within(int seconds) {
        return new LocatorAssertions.HasAttributeOptions().setTimeout(seconds * 1000);
    }

    private static LocatorAssertions.ContainsTextOptions containing(int seconds) {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(seconds * 1000);
    }
}
