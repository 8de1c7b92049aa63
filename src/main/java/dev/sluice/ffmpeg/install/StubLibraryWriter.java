package dev.sluice.ffmpeg.install;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a shared library (ELF, 64-bit little-endian) that has a name and symbol versions but no symbols. The versions avoid
 * warnings of the loader. Functions are bound when they are first called, which never happens.
 */
final class StubLibraryWriter {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int SYMBOL = 24;
    private static final int VERSION = 28;
    /** Largest page size of the supported processors. */
    private static final long PAGE = 0x10000;

    private static final int READ_WRITE = 6;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_GNU_STACK = 0x6474e551;

    private final short machine;
    private final String name;
    private final List<String> versions;
    private final ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    private StubLibraryWriter(short machine, String name, List<String> versions) {
        this.machine = machine;
        this.name = name;
        this.versions = versions;
    }

    static byte[] build(short machine, String name, List<String> versions) {
        return new StubLibraryWriter(machine, name, versions).write();
    }

    private byte[] write() {
        List<String> defined = new ArrayList<>();
        defined.add(name);
        defined.addAll(versions);

        int symbols = HEADER + 3 * PROGRAM_HEADER;
        int symbolVersions = symbols + SYMBOL;
        int definitions = symbolVersions + 8;
        int strings = definitions + VERSION * defined.size();
        List<Integer> stringAt = new ArrayList<>();
        out.position(strings).put((byte) 0);
        for (String text : defined) {
            stringAt.add(out.position() - strings);
            out.put(text.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
        }
        int stringsSize = out.position() - strings;
        for (int i = 0; i < defined.size(); i++) {
            out.position(definitions + i * VERSION);
            versionDefinition(defined.get(i), i, stringAt.get(i), i == defined.size() - 1);
        }

        int dynamic = (strings + stringsSize + 15) / 16 * 16;
        out.position(dynamic);
        entry(14, stringAt.get(0)); // DT_SONAME
        entry(5, strings); // DT_STRTAB
        entry(10, stringsSize); // DT_STRSZ
        entry(6, symbols); // DT_SYMTAB
        entry(11, SYMBOL); // DT_SYMENT
        if (!versions.isEmpty()) {
            entry(0x6ffffff0L, symbolVersions); // DT_VERSYM
            entry(0x6ffffffcL, definitions); // DT_VERDEF
            entry(0x6ffffffdL, defined.size()); // DT_VERDEFNUM
        }
        entry(0, 0); // DT_NULL
        int size = out.position();

        out.position(0);
        fileHeader();
        programHeader(PT_LOAD, 0, size, PAGE);
        programHeader(PT_DYNAMIC, dynamic, size - dynamic, 8);
        programHeader(PT_GNU_STACK, 0, 0, 16);
        byte[] library = new byte[size];
        out.get(0, library);
        return library;
    }

    private void fileHeader() {
        out.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1).position(16);
        out.putShort((short) 3).putShort(machine).putInt(1); // ET_DYN
        out.putLong(0).putLong(HEADER).putLong(0).putInt(0);
        out.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 3);
        out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    }

    private void programHeader(int type, long offset, long size, long alignment) {
        out.putInt(type).putInt(READ_WRITE);
        out.putLong(offset)
                .putLong(offset)
                .putLong(offset)
                .putLong(size)
                .putLong(size)
                .putLong(alignment);
    }

    private void versionDefinition(String text, int index, int stringAt, boolean last) {
        out.putShort((short) 1)
                .putShort((short) (index == 0 ? 1 : 0))
                .putShort((short) (index + 1))
                .putShort((short) 1);
        out.putInt(hash(text)).putInt(20).putInt(last ? 0 : VERSION);
        out.putInt(stringAt).putInt(0);
    }

    private void entry(long tag, long value) {
        out.putLong(tag).putLong(value);
    }

    /** The hash of the System V ABI. */
    private static int hash(String text) {
        int hash = 0;
        for (byte letter : text.getBytes(StandardCharsets.US_ASCII)) {
            hash = (hash << 4) + letter;
            int high = hash & 0xf0000000;
            hash = (hash ^ (high >>> 24)) & ~high;
        }
        return hash;
    }
}
