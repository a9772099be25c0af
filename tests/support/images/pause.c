/*
 * Process 1 of a test pod: waits for ever, reaps orphans, ends at once on SIGTERM or SIGINT.
 * VARIANT makes the bytes of otherwise equal images differ.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

const char variant[] = "variant " VARIANT;

static void leave(int signal_number) {
    (void)signal_number;
    _exit(0);
}

static void reap(int signal_number) {
    (void)signal_number;
    while (waitpid(-1, 0, WNOHANG) > 0) {
    }
}

int main(int argc, char **argv) {
    struct sigaction on_end = {.sa_handler = leave};
    struct sigaction on_child = {.sa_handler = reap, .sa_flags = SA_NOCLDSTOP};

    (void)argv;
    if (argc > 1)
        return write(1, variant, sizeof variant - 1) < 0;
    if (sigaction(SIGINT, &on_end, 0) || sigaction(SIGTERM, &on_end, 0) ||
        sigaction(SIGCHLD, &on_child, 0))
        return 1;
    for (;;)
        pause();
}
