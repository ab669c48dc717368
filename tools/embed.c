/* Writes files as byte arrays with explicit length (string literals beyond 4095 bytes are not portable C).
 * usage: embed OUTPUT ROOT FILE...   each FILE lies below ROOT and is known by its path from there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: embed OUTPUT ROOT FILE...\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) {
        perror(argv[1]);
        return 3;
    }
    size_t n_root = strlen(argv[2]);
    fprintf(out, "#include \"device/source.h\"\n\n");
    for (int i = 3; i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        if (in == NULL || strncmp(argv[i], argv[2], n_root) != 0) {
            fprintf(stderr, "embed: cannot read %s below %s\n", argv[i], argv[2]);
            return 3;
        }
        fprintf(out, "static const char file_%d[] = {", i);
        size_t n_bytes = 0;
        for (int c; (c = getc(in)) != EOF; n_bytes++) {
            if (c > 127) {
                fprintf(stderr, "embed: %s has a byte beyond ASCII, which device compilers may refuse\n", argv[i]);
                return 3;
            }
            fprintf(out, "%s%d,", n_bytes % 32 == 0 ? "\n" : "", c);
        }
        fprintf(out, "0};\n");
        fclose(in);
    }
    fprintf(out, "\nconst struct eot_embedded_file eot_embedded_files[] = {\n");
    for (int i = 3; i < argc; i++)
        fprintf(out, "    {\"%s\", file_%d, sizeof file_%d - 1},\n", argv[i] + n_root + 1, i, i);
    fprintf(out, "};\nconst size_t eot_n_embedded_file = %d;\n", argc - 3);
    return fclose(out) == 0 ? 0 : 3;
}
