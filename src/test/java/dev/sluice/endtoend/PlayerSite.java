package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.broker.ChildProcess;
import dev.sluice.objectstore.s3.TestBucket;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.StaticHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** A web server with a page of players, and with the objects of a bucket below {@code /media/}. */
record PlayerSite(NodeProject players, HttpServer server) implements AutoCloseable {
    /** Without Node.js or its packages, tests are skipped, as {@link NodeProject} describes. */
    static PlayerSite start(Vertx vertx, TestBucket bucket) throws Exception {
        NodeProject players = NodeProject.of("players", "check.js", "play.html");
        Router router = Router.router(vertx);
        serve(router, "/media/*", bucket.directory());
        serve(router, "/npm/*", players.directory().resolve("node_modules"));
        serve(router, "/*", players.directory());
        return new PlayerSite(
                players,
                PipelineFixture.get(
                        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1")));
    }

    private static void serve(Router router, String path, Path files) {
        router.route(path)
                .handler(StaticHandler.create(
                                FileSystemAccess.ROOT, files.toAbsolutePath().toString())
                        .setCachingEnabled(false)
                        .setFilesReadOnly(false));
    }

    /** The section {@code media} for playlists of all kinds, of the renditions {@code 360p} and {@code 720p}. */
    static JsonObject media() {
        return PipelineFixture.previews(true)
                .put("streaming", "hls+dash")
                .put("ladder", JsonArray.of(rung("360p", 360, 800), rung("720p", 720, 2500)));
    }

    private static JsonObject rung(String quality, int shortSide, int maxKbps) {
        return new JsonObject()
                .put("quality", quality)
                .put("shortSide", shortSide)
                .put("maxKbps", maxKbps);
    }

    /** The origin of the page with the players. */
    String origin() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    /** Opens the page with the players in a new session. */
    Page page(Browser browser) {
        Page page = browser.page(ColorScheme.LIGHT, 1280);
        page.navigate(origin() + "/play.html");
        return page;
    }

    /** Plays a video, switches to each of its renditions, and seeks forward and back; returns what happened. */
    static JsonObject play(Page page, String player, String url) {
        return JsonObject.mapFrom(page.evaluate("([name, url]) => play(name, url)", List.of(player, url)));
    }

    /** Parses the HLS playlists of a directory strictly; returns what they name. */
    JsonObject check(Path playlists) throws Exception {
        ChildProcess check = players.start("check.js", Map.of("DIRECTORY", playlists.toString()));
        assertThat(check.awaitExit(Duration.ofSeconds(60))).isTrue();
        return new JsonObject(String.join("\n", players.output()));
    }

    @Override
    public void close() throws TimeoutException {
        PipelineFixture.get(server.close());
    }
}
