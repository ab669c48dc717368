/* NVIDIA's run-time compiler without NVIDIA: libnvrtc.so's entry points, for the fake driver beside it. Loaded by
 * EOTMC_NVRTC. It compiles nothing: a text that holds "no_such_name" is an error, any other gives an image of a few
 * bytes. Its version is one that no compiler has, so that what is cached of it serves nobody else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char CUBIN[] = "\177ELF of a fake compiler", PTX[] = "// of a fake compiler\n.version 8.0\n";

struct program {
    char error[128];
};

int nvrtcVersion(int *major, int *minor) {
    *major = 99;
    *minor = 9;
    return 0;
}
int nvrtcGetNumSupportedArchs(int *n) {
    *n = 2;
    return 0;
}
int nvrtcGetSupportedArchs(int *architecture) {
    architecture[0] = 80;
    architecture[1] = 90;
    return 0;
}
int nvrtcCreateProgram(void **program, const char *source, const char *name, int n_header, const char *const *header,
                       const char *const *header_name) {
    (void)header;
    (void)header_name;
    struct program *p = calloc(1, sizeof *p);
    *program = p;
    if (p == NULL || n_header != 0) return 1;
    if (strstr(source, "no_such_name") != NULL)
        snprintf(p->error, sizeof p->error, "%s: error: identifier \"no_such_name\" is undefined", name);
    return 0;
}
int nvrtcDestroyProgram(void **program) {
    free(*program);
    *program = NULL;
    return 0;
}
int nvrtcCompileProgram(void *program, int n_option, const char *const *option) {
    const struct program *p = program;
    int is_exact = 0;
    for (int i = 0; i < n_option; i++) is_exact |= strcmp(option[i], "-fmad=false") == 0;
    return p->error[0] != '\0' || !is_exact ? 6 : 0;
}
int nvrtcGetCUBINSize(void *program, size_t *n_bytes) {
    (void)program;
    *n_bytes = sizeof CUBIN;
    return 0;
}
int nvrtcGetCUBIN(void *program, char *bytes) {
    (void)program;
    memcpy(bytes, CUBIN, sizeof CUBIN);
    return 0;
}
int nvrtcGetPTXSize(void *program, size_t *n_bytes) {
    (void)program;
    *n_bytes = sizeof PTX;
    return 0;
}
int nvrtcGetPTX(void *program, char *bytes) {
    (void)program;
    memcpy(bytes, PTX, sizeof PTX);
    return 0;
}
int nvrtcGetProgramLogSize(void *program, size_t *n_bytes) {
    *n_bytes = strlen(((const struct program *)program)->error) + 1;
    return 0;
}
int nvrtcGetProgramLog(void *program, char *text) {
    strcpy(text, ((const struct program *)program)->error);
    return 0;
}
