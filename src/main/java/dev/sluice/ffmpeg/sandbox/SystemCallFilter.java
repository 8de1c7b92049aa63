package dev.sluice.ffmpeg.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A seccomp filter as a classic BPF program, in the form of bubblewrap's {@code --seccomp}. FFmpeg decodes, encodes, and reads
 * and writes files; calls that it never needs and that have made kernels exploitable fail with EPERM: sockets, new namespaces,
 * mounts, tracing, BPF, io_uring, keys, kernel modules. Numbers: the tables of Linux (arch/x86/entry/syscalls/syscall_64.tbl,
 * include/uapi/asm-generic/unistd.h). Pure.
 */
public final class SystemCallFilter {
    private static final short LOAD_WORD = 0x20;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short JUMP_IF_AT_LEAST = 0x35;
    private static final short RETURN = 0x06;

    private static final int NUMBER_OFFSET = 0;
    private static final int ARCHITECTURE_OFFSET = 4;

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL_PROCESS = 0x80000000;
    private static final int EPERM = 0x00050000 | 1;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int FIXED_INSTRUCTIONS = 7;
    private static final int ARCHITECTURE_X86_64 = 0xc000003e;
    private static final int ARCHITECTURE_AARCH64 = 0xc00000b7;

    /** Calls of the x32 ABI have this bit; their other bits are not those of x86-64. */
    private static final int X32_BIT = 0x40000000;

    /** Since Linux 5.1 new calls have the same number on all architectures. */
    private static final List<Integer> NEW_CALLS = List.of(
            425, 426, 427, // io_uring_setup, io_uring_enter, io_uring_register
            428, 429, 430, 431, 432, 433,
            442, // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr
            438, 440); // pidfd_getfd, process_madvise

    private static final List<Integer> X86_64 = List.of(
            41, 53, // socket, socketpair
            101, 310, 311, 312, // ptrace, process_vm_readv, process_vm_writev, kcmp
            155, 161, 165, 166, // pivot_root, chroot, mount, umount2
            272, 308, // unshare, setns
            248, 249, 250, // add_key, request_key, keyctl
            298, 321, 323, // perf_event_open, bpf, userfaultfd
            303, 304, // name_to_handle_at, open_by_handle_at
            175, 176, 313, 246, 320, // init_module, delete_module, finit_module, kexec_load, kexec_file_load
            135, 163, 167, 168, 169, 179, 103, // personality, acct, swapon, swapoff, reboot, quotactl, syslog
            154, 172, 173, // modify_ldt, iopl, ioperm
            159, 164, 227); // adjtimex, settimeofday, clock_settime

    private static final List<Integer> AARCH64 = List.of(
            198, 199, // socket, socketpair
            117, 270, 271, 272, // ptrace, process_vm_readv, process_vm_writev, kcmp
            41, 51, 40, 39, // pivot_root, chroot, mount, umount2
            97, 268, // unshare, setns
            217, 218, 219, // add_key, request_key, keyctl
            241, 280, 282, // perf_event_open, bpf, userfaultfd
            264, 265, // name_to_handle_at, open_by_handle_at
            105, 106, 273, 104, 294, // init_module, delete_module, finit_module, kexec_load, kexec_file_load
            92, 89, 224, 225, 142, 60, 116, // personality, acct, swapon, swapoff, reboot, quotactl, syslog
            171, 170, 112); // adjtimex, settimeofday, clock_settime

    private SystemCallFilter() {}

    /**
     * The program for this machine; empty if its architecture has none.
     *
     * @param architecture as in the system property {@code os.arch}
     */
    public static Optional<byte[]> forArchitecture(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> Optional.of(program(ARCHITECTURE_X86_64, X86_64));
            case "aarch64", "arm64" -> Optional.of(program(ARCHITECTURE_AARCH64, AARCH64));
            default -> Optional.empty();
        };
    }

    private static byte[] program(int architecture, List<Integer> ownCalls) {
        List<Integer> denied = new ArrayList<>(ownCalls);
        denied.addAll(NEW_CALLS);
        int instructions = denied.size() + FIXED_INSTRUCTIONS;
        ByteBuffer program =
                ByteBuffer.allocate(instructions * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        add(program, LOAD_WORD, 0, 0, ARCHITECTURE_OFFSET);
        add(program, JUMP_IF_EQUAL, 1, 0, architecture);
        add(program, RETURN, 0, 0, KILL_PROCESS);
        add(program, LOAD_WORD, 0, 0, NUMBER_OFFSET);
        // To the instruction that denies, behind the others and the one that allows.
        add(program, JUMP_IF_AT_LEAST, denied.size() + 1, 0, X32_BIT);
        IntStream.range(0, denied.size())
                .forEach(index -> add(program, JUMP_IF_EQUAL, denied.size() - index, 0, denied.get(index)));
        add(program, RETURN, 0, 0, ALLOW);
        add(program, RETURN, 0, 0, EPERM);
        return program.array();
    }

    /**
     * Appends an instruction.
     *
     * @param ifTrue instructions to skip if the condition is true, 0 to 255
     * @param ifFalse instructions to skip if it is false, 0 to 255
     */
    private static void add(ByteBuffer program, short code, int ifTrue, int ifFalse, int value) {
        program.putShort(code).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
    }
}
