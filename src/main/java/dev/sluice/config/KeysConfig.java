package dev.sluice.config;

/**
 * Where results go in the bucket.
 *
 * @param video template with {@code {mediaId}} and {@code {quality}}
 * @param thumbnail template with {@code {mediaId}} and {@code {n}}
 */
public record KeysConfig(String video, String thumbnail) {

    static KeysConfig read(Section section) {
        return new KeysConfig(
                template(section, "video", "videos/{mediaId}_{quality}.mp4", "{quality}"),
                template(section, "thumbnail", "thumbnails/{mediaId}_{n}.jpg", "{n}"));
    }

    private static String template(Section section, String key, String fallback, String second) {
        String template = section.text(key, fallback);
        if (!template.contains("{mediaId}") || !template.contains(second)) {
            section.complain(key, "the template needs {mediaId} and " + second + ", or results overwrite each other");
        }
        return template;
    }
}
