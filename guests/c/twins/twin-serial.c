/* The twin of `c-serial`: a loop into an array. */
#include "twin.h"

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    asked(argv);
    for (uint64_t batch = 0; batch < batches; batch++) {
        for (uint64_t i = 0; i < jobs; i++)
            put(i);
    }
    return 0;
}
