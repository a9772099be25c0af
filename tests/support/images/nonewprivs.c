/* Prints who it runs as; installed set-user-id root, so that no_new_privs shows. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
    printf("Effective uid: %d\n", (int)geteuid());
    return 0;
}
