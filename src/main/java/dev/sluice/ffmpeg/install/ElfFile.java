package dev.sluice.ffmpeg.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A 64-bit little-endian ELF program; reads and changes its library path. */
final class ElfFile {
    private static final int MAGIC = 0x464c457f;
    private static final int PT_DYNAMIC = 2;
    private static final long DT_NULL = 0;
    private static final long DT_RPATH = 15;
    private static final long DT_RUNPATH = 29;
    private static final int DYNAMIC_ENTRY = 16;

    private final byte[] bytes;
    private final ByteBuffer content;

    private ElfFile(byte[] bytes) {
        this.bytes = bytes;
        this.content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static ElfFile read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (content.capacity() < 64 || content.getInt(0) != MAGIC || content.get(4) != 2 || content.get(5) != 1) {
            throw new IOException(file.getFileName() + " is not a 64-bit little-endian ELF file");
        }
        return new ElfFile(bytes);
    }

    /** ELF number of the processor. */
    short machine() {
        return content.getShort(18);
    }

    /**
     * Converts RUNPATH to RPATH. The loader uses RUNPATH only for libraries that the program itself names, but RPATH also for the
     * dependencies of these libraries. The bundled libraries have no path of their own.
     */
    void convertRunpathToRpath() {
        int headers = Math.toIntExact(content.getLong(32));
        int headerSize = content.getShort(54);
        int count = content.getShort(56);
        for (int i = 0; i < count; i++) {
            int header = headers + i * headerSize;
            if (content.getInt(header) == PT_DYNAMIC) {
                convertRunpathToRpath(
                        Math.toIntExact(content.getLong(header + 8)), Math.toIntExact(content.getLong(header + 32)));
            }
        }
    }

    private void convertRunpathToRpath(int dynamic, int size) {
        for (int entry = dynamic; entry < dynamic + size; entry += DYNAMIC_ENTRY) {
            long tag = content.getLong(entry);
            if (tag == DT_NULL) {
                return;
            }
            if (tag == DT_RUNPATH) {
                content.putLong(entry, DT_RPATH);
            }
        }
    }

    byte[] bytes() {
        return bytes.clone();
    }
}
