package dev.sluice.endtoend;

import static dev.sluice.endtoend.BackendSimulator.DOWNLOAD;
import static dev.sluice.endtoend.BackendSimulator.PROCESSING;
import static dev.sluice.endtoend.BackendSimulator.UPLOAD;

import com.rabbitmq.client.AMQP;
import dev.sluice.message.json.JsonValidator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Malicious messages for every stage with the expected result. */
final class MaliciousMessages {
    static final String CLIP = "uploads/clip.mp4";

    private static final List<String> NAMES_OF_FILES = List.of(
            "../../../../etc/passwd",
            "/etc/passwd",
            "a/../../b",
            "a\nb",
            "x".repeat(4_096),
            "-i",
            "--rf",
            "C:\\Windows\\system.ini",
            "..\\..\\boot.ini",
            "CON",
            "clip\u202e4pm.exe",
            "clip\u2028.mp4",
            "$(reboot).mp4",
            "file:///etc/passwd");

    private static final String INVALID = "invalid_message";

    private final List<Hostile> all = new ArrayList<>();
    private int count;

    /** A message and its expected result: error code and part of the error message. */
    record Hostile(
            String what,
            String queue,
            String id,
            byte[] body,
            AMQP.BasicProperties properties,
            End end,
            String code,
            String why) {
        @Override
        public String toString() {
            return what + " to " + queue;
        }
    }

    /** Expected result of a message. */
    enum End {
        DEAD,
        FAILED,
        COMPLETED
    }

    static List<Hostile> all() {
        MaliciousMessages messages = new MaliciousMessages();
        for (String queue : List.of(DOWNLOAD, PROCESSING, UPLOAD)) {
            messages.unreadable(queue);
            messages.ofTheWrongKind(queue);
        }
        messages.keysOfSources();
        messages.filesOfTheWorkspace();
        messages.keysOfResults();
        messages.keysOfStagedResults();
        messages.oddButHarmless();
        messages.dead(DOWNLOAD, "a body of 60 MiB", "x".repeat(60 << 20), "the limit is");
        return List.copyOf(messages.all);
    }

    private void unreadable(String queue) {
        dead(queue, "a body of 5 MiB", with(queue, "extra", quoted("x".repeat(5 << 20))), "the limit is");
        dead(queue, "a byte too many", padded(queue, JsonValidator.MAX_BYTES + 1), "the limit is");
        dead(queue, "100,000 brackets", "{\"extra\":" + "[".repeat(100_000), "levels of nesting");
        dead(queue, "65 levels", with(queue, "extra", "[".repeat(64) + "]".repeat(64)), "levels of nesting");
        dead(queue, "1e999999999", with(queue, "extra", "1e999999999"), "number out of range");
        dead(queue, "100,000 digits", with(queue, "extra", "9".repeat(100_000)), "more than 100 characters");
        dead(queue, "a field twice", with(queue, "mediaId", quoted("other-media")), "'mediaId' twice");
        dead(queue, "half a character", with(queue, "extra", "\"\\ud800\""), "unpaired surrogate");
        dead(queue, "NUL", with(queue, "extra", "\"\\u0000\""), "NUL character");
        dead(queue, "a raw NUL", with(queue, "extra", "\"\0\""), "not a JSON object");
        dead(queue, "10^5 outputs", raw(queue, "outputs", emptyOutputs()), "'type' is missing");
        dead(queue, "nothing", "", "not a JSON object");
        dead(queue, "null", "null", "not a JSON object");
        dead(queue, "a list", "[{}]", "not a JSON object");
        dead(queue, "no job", "{}", "'id' is missing");
        String text = with(queue, "extra", quoted("Zoë"));
        dead(queue, "Latin-1", text.getBytes(StandardCharsets.ISO_8859_1), plain(), "not UTF-8");
        dead(queue, "UTF-16", text.getBytes(Charset.forName("UTF-16")), plain(), "not UTF-8");
        dead(queue, "gzip", gzipped(text), encoded("gzip"), "not UTF-8");
    }

    private void ofTheWrongKind(String queue) {
        for (String field : List.of("id", "mediaId", "userId", "mediaType", "s3Key", "originalFilename", "mimeType")) {
            dead(queue, field + " of the wrong kind", changed(queue, field, 7), "'" + field + "' must be a string");
        }
        dead(queue, "a size below 0", changed(queue, "fileSize", -1), "'fileSize' must be a whole number");
        dead(queue, "an enormous size", changed(queue, "fileSize", 1e300), "'fileSize' must be a whole number");
        dead(queue, "metadata that are none", changed(queue, "metadata", "x"), "'metadata' must be an object");
        dead(queue, "outputs that are none", changed(queue, "outputs", "x"), "'outputs' must be an array");
        dead(queue, "an id of two lines", changed(queue, "id", "a\nb"), "control characters");
        dead(queue, "an id of 4 KiB", changed(queue, "id", "x".repeat(4_096)), "1 to 255 characters");
        dead(queue, "a media id of 4 KiB", changed(queue, "mediaId", "x".repeat(4_096)), "the limit is 255");
        dead(queue, "a media id of two lines", changed(queue, "mediaId", "a\nb"), "control characters");
        for (String side : List.of("width", "height")) {
            JsonObject output = output("m", "x").put(side, 4_294_967_297L);
            String message = changed(queue, "outputs", new JsonArray().add(output));
            dead(queue, "an enormous " + side, message, "'" + side + "' must be a whole number");
        }
    }

    private void keysOfSources() {
        for (String key : NAMES_OF_FILES) {
            boolean possible =
                    !key.contains("..") && !key.startsWith("/") && !key.contains("\n") && key.length() < 1_000;
            String code = possible || key.startsWith("..\\") ? "object_not_found" : "invalid_message";
            String sentence = code.equals("object_not_found") ? "The object" : "Invalid s3Key:";
            failed(DOWNLOAD, "source " + shown(key), job().put("s3Key", key), code, sentence);
            failed(PROCESSING, "source " + shown(key), job().put("s3Key", key), code, sentence);
        }
        failed(DOWNLOAD, "a media id with a path", job().put("mediaId", "../m"), INVALID, "The media ID");
        failed(PROCESSING, "a media id with a path", job().put("mediaId", "..\\m"), INVALID, "The media ID");
    }

    private void filesOfTheWorkspace() {
        for (String path : NAMES_OF_FILES) {
            JsonObject processing = job().put("localVideoPath", path);
            processing.remove("s3Key");
            failed(PROCESSING, "file " + shown(path), processing, INVALID, "not in the directory of its job");
            JsonObject upload = job();
            upload.put("outputs", new JsonArray().add(output(upload.getString("mediaId"), path)));
            failed(UPLOAD, "file " + shown(path), upload, INVALID, "not in the directory of its job");
        }
    }

    private void keysOfResults() {
        List<String> keys = new ArrayList<>(NAMES_OF_FILES);
        keys.addAll(
                List.of(CLIP, "videos/other-media_720p.mp4", "videos/MEDIA_x_720p.mp4", "thumbnails/MEDIA_1_0.jpg"));
        for (String key : keys) {
            JsonObject upload = job();
            String mediaId = upload.getString("mediaId");
            JsonObject output = output(mediaId, "jobs/x/720p.mp4").put("s3Key", key.replace("MEDIA", mediaId));
            failed(
                    UPLOAD,
                    "result " + shown(key),
                    upload.put("outputs", new JsonArray().add(output)),
                    INVALID,
                    "Invalid s3Key of an output:");
        }
        failed(UPLOAD, "no outputs", job(), INVALID, "has no outputs");
    }

    private void keysOfStagedResults() {
        List<String> keys = new ArrayList<>(NAMES_OF_FILES);
        keys.addAll(List.of(
                CLIP,
                "sluice-staging/",
                "sluice-staging/other-media/processing-0-1/0",
                "sluice-staging/../videos/other-media_720p.mp4"));
        for (String key : keys) {
            JsonObject upload = job();
            JsonObject output = output(upload.getString("mediaId"), "").put("stagedKey", key);
            failed(
                    UPLOAD,
                    "staged result " + shown(key),
                    upload.put("outputs", new JsonArray().add(output)),
                    INVALID,
                    "Invalid stagedKey of an output:");
        }
    }

    private void oddButHarmless() {
        for (String name : List.of("../../etc/cron.d/x", "/etc/x", "-rf", "CON", "a\u202eb", "a\u2028b; rm -rf /")) {
            JsonObject job = job();
            job.put("id", name + " " + job.getString("id"))
                    .put("originalFilename", name)
                    .put("localVideoPath", name);
            completed("id and names " + shown(name), job, plain());
        }
        JsonObject long4k = job();
        completed("a file name of 4 KiB", long4k.put("originalFilename", "x".repeat(4_096)), plain());
        completed("an encoding that lies", job(), encoded("gzip"));
        completed("headers of 6,000 nested tables", job(), nestedHeaders(6_000));
    }

    private JsonObject job() {
        return PipelineFixture.job("hostile-" + count++, CLIP);
    }

    private JsonObject base(String queue) {
        JsonObject job = job();
        return queue.equals(UPLOAD)
                ? job.put("outputs", new JsonArray().add(output(job.getString("mediaId"), "jobs/x/360p.mp4")))
                : job;
    }

    private static JsonObject output(String mediaId, String path) {
        return new JsonObject()
                .put("type", "scaled")
                .put("s3Key", "videos/" + mediaId + "_720p.mp4")
                .put("width", 1280)
                .put("height", 720)
                .put("fileSize", 1)
                .put("mimeType", "video/mp4")
                .put("quality", "720p")
                .put("localPath", path);
    }

    private String changed(String queue, String field, Object value) {
        return base(queue).put(field, value).encode();
    }

    /** A valid message with a field of raw JSON in front. */
    private String with(String queue, String field, String rawJson) {
        return "{\"" + field + "\":" + rawJson + "," + base(queue).encode().substring(1);
    }

    /** A message with a field's value replaced by raw JSON. */
    private String raw(String queue, String field, String rawJson) {
        JsonObject job = base(queue);
        job.remove(field);
        return "{\"" + field + "\":" + rawJson + "," + job.encode().substring(1);
    }

    private String padded(String queue, int bytes) {
        String empty = with(queue, "extra", "\"\"");
        return empty.replaceFirst("\"\"", quoted("x".repeat(bytes - empty.length())));
    }

    private static String emptyOutputs() {
        return "[" + "{},".repeat(99_999) + "{}]";
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static String shown(String text) {
        return new JsonArray()
                .add(text.length() > 40 ? text.length() + " characters" : text)
                .encode();
    }

    private void dead(String queue, String what, String body, String why) {
        dead(queue, what, body.getBytes(StandardCharsets.UTF_8), plain(), why);
    }

    private void dead(String queue, String what, byte[] body, AMQP.BasicProperties properties, String why) {
        all.add(new Hostile(what, queue, "", body, properties, End.DEAD, INVALID, why));
    }

    private void failed(String queue, String what, JsonObject job, String code, String why) {
        all.add(new Hostile(what, queue, job.getString("id"), bytes(job), plain(), End.FAILED, code, why));
    }

    private void completed(String what, JsonObject job, AMQP.BasicProperties properties) {
        all.add(new Hostile(what, DOWNLOAD, job.getString("id"), bytes(job), properties, End.COMPLETED, "", ""));
    }

    private static byte[] bytes(JsonObject job) {
        return job.encode().getBytes(StandardCharsets.UTF_8);
    }

    static AMQP.BasicProperties plain() {
        return new AMQP.BasicProperties.Builder().deliveryMode(2).build();
    }

    /** More levels than the AMQP client can read on a thread with the default stack. */
    static AMQP.BasicProperties nestedHeaders(int levels) {
        Map<String, Object> table = Map.of();
        for (int level = 0; level < levels; level++) {
            table = Map.of("a", table);
        }
        return new AMQP.BasicProperties.Builder().deliveryMode(2).headers(table).build();
    }

    private static AMQP.BasicProperties encoded(String encoding) {
        return plain().builder()
                .contentType("application/json")
                .contentEncoding(encoding)
                .build();
    }

    private static byte[] gzipped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
