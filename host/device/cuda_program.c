#include "cuda_program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend_private.h"
#include "base/cache.h"
#include "base/sha256.h"
#include "cuda_driver.h"
#include "source.h"

/* Without contraction, with denormals, and with rounded division and square root the results are the host's, bit for
 * bit. Never --use_fast_math: it changes physics. */
static const char *const EXACT[] = {"-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true",
                                    "--disable-warnings"};
enum { N_EXACT = sizeof EXACT / sizeof EXACT[0], MAX_OPTION = 64 };

/* Most registers of a work item; 0: what the compiler likes. The hot kernel needs enough warps in flight to hide its
 * look-ups. Those that are most of a run's time have a quarter of the warps that a multiprocessor can hold with 128
 * registers, and hardly spill (bench/README.md). EOTMC_CUDA_REGISTERS ("muon=168,replay=0") overrides them, for
 * measurements. */
static int register_limit(enum eot_kernel kernel) {
    static const int LIMIT[EOT_N_KERNEL] = {
        [EOT_KERNEL_cascade] = 64, [EOT_KERNEL_reach] = 128, [EOT_KERNEL_replay] = 128, [EOT_KERNEL_muon] = 128};
    const char *setting = getenv("EOTMC_CUDA_REGISTERS");
    size_t n = strlen(eot_kernel_name[kernel]);
    for (const char *at = setting; at != NULL && *at != '\0'; at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, eot_kernel_name[kernel], n) == 0 && at[n] == '=') return atoi(at + n + 1);
    return LIMIT[kernel];
}

/* Kernels whose warps wait for instructions, since a multiprocessor does not keep all of them, or for registers: they
 * call functions (EOT_OFTEN_FN), where others have a copy at each place. Measured on an H200 (bench/README.md): reach
 * 0.76, replay 0.86, conversion 0.91, locate with many masses 0.8, muon_beam 0.95 of the time; muon 0.79 in another
 * form; `hadron` is one since its parts are functions. */
static const bool IS_LONG[EOT_N_KERNEL] = {
    [EOT_KERNEL_locate] = true,     [EOT_KERNEL_reach] = true,     [EOT_KERNEL_replay] = true, [EOT_KERNEL_muon] = true,
    [EOT_KERNEL_conversion] = true, [EOT_KERNEL_muon_beam] = true, [EOT_KERNEL_hadron] = true,
};
static const char LONG_KERNEL[] = "-DEOT_LONG_KERNEL=1";

/* The build options that a kernel's code depends on. All others are left out of its compilation, so that one image
 * serves all configurations that differ in those. What an option leaves out of the code is only what its configurations
 * do not need: without it the code is right for all of them. Found by comparing the PTX of each kernel with each option
 * changed; a kernel without a row depends on none. */
#define OF_ALL "EOT_LANE_WIDTH EOT_VECTOR_WIDTH"
static const char *const KERNEL_OPTIONS[EOT_N_KERNEL] = {
    [EOT_KERNEL_cascade] = "EOT_N_MEDIUM EOT_RARE EOT_ARRIVALS EOT_TRACK_TALLY EOT_WAYS",
    [EOT_KERNEL_arrivals] = "EOT_N_MEDIUM EOT_RARE",
    [EOT_KERNEL_locate] = "EOT_N_MEDIUM EOT_RARE EOT_ARRIVALS EOT_WAYS EOT_MASSES",
    [EOT_KERNEL_replay] = "EOT_N_MEDIUM EOT_RARE EOT_ARRIVALS EOT_MASSES",
    [EOT_KERNEL_shower_crossings] = "EOT_N_MEDIUM EOT_RARE EOT_ARRIVALS",
    [EOT_KERNEL_reach] = "EOT_LOSSES",
    [EOT_KERNEL_muon] = "EOT_LOSSES",
    [EOT_KERNEL_select_event] = "EOT_LOSSES EOT_MASSES",
    [EOT_KERNEL_conversion] = "EOT_N_MEDIUM EOT_ARRIVALS",
    [EOT_KERNEL_conversion_crossings] = "EOT_N_MEDIUM",
    [EOT_KERNEL_hadron] = "EOT_HADRON",
    [EOT_KERNEL_hadron_crossings] = "EOT_HADRON",
};

/* Whether a list of words, separated by blanks, has a word of n letters. */
static bool has_word(const char *list, const char *word, size_t n) {
    for (; *list != '\0'; list += strspn(list, " ")) {
        size_t length = strcspn(list, " ");
        if (length == n && strncmp(list, word, n) == 0) return true;
        list += length;
    }
    return false;
}

/* The definitions that a kernel is compiled with. */
static void kernel_definitions(const struct eot_cuda_text *text, enum eot_kernel kernel,
                               char definitions[EOT_CUDA_MAX_OPTIONS]) {
    const char *wanted = KERNEL_OPTIONS[kernel] != NULL ? KERNEL_OPTIONS[kernel] : "";
    size_t n = IS_LONG[kernel] ? sizeof LONG_KERNEL - 1 : 0;
    memcpy(definitions, LONG_KERNEL, n);
    for (const char *at = text->options; *at != '\0'; at += strspn(at, " ")) {
        size_t n_word = strcspn(at, " "), n_name = strcspn(at, "= ");
        if (has_word(OF_ALL, at + 2, n_name - 2) || has_word(wanted, at + 2, n_name - 2)) {
            if (n > 0) definitions[n++] = ' ';
            memcpy(definitions + n, at, n_word);
            n += n_word;
        }
        at += n_word;
    }
    definitions[n] = '\0';
}

/* The text in which one kernel is an entry point; the caller frees it. */
static char *kernel_source(const struct eot_cuda_text *text, enum eot_kernel kernel) {
    char *source = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&source, &n);
    if (out == NULL) return NULL;
    for (int i = 0; i < EOT_N_KERNEL; i++)
        fprintf(out, "#define EOT_KERNEL_HEAD_%s %s\n", eot_kernel_name[i],
                i == (int)kernel ? "EOT_CUDA_ENTRY" : "EOT_CUDA_OTHER");
    fputs(text->source, out);
    if (fclose(out) == 0) return source;
    free(source);
    return NULL;
}

/* Hash of all that the code depends on. @param compiler its version; "" leaves it out. */
static void image_key(const struct eot_cuda_text *text, enum eot_kernel kernel, const char *architecture,
                      const char *compiler, char key[65]) {
    struct eot_sha256 hash;
    char format[32], limit[32], definitions[EOT_CUDA_MAX_OPTIONS];
    kernel_definitions(text, kernel, definitions);
    snprintf(format, sizeof format, "CUDA %d", EOT_CACHE_FORMAT);
    snprintf(limit, sizeof limit, "%d", register_limit(kernel));
    const char *part[] = {format, eot_kernel_name[kernel], architecture, compiler, limit, definitions, text->source};
    eot_sha256_init(&hash);
    for (int i = 0; i < N_EXACT; i++) eot_sha256_update(&hash, EXACT[i], strlen(EXACT[i]) + 1);
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
        eot_sha256_update(&hash, part[i], strlen(part[i]) + 1); /* with the final 0: parts cannot run together */
    eot_sha256_finish(&hash, key);
}

void eot_cuda_image_name(const struct eot_cuda_text *text, enum eot_kernel kernel, const char *architecture, char *name,
                         size_t n_name) {
    char key[65];
    image_key(text, kernel, architecture, "", key);
    snprintf(name, n_name, "%s.%s.%.16s.%s", eot_kernel_name[kernel], architecture, key,
             strncmp(architecture, "sm_", 3) == 0 ? "cubin" : "ptx");
}

enum eot_status eot_cuda_text_init(struct eot_cuda_text *text, const struct eot_backend_options *options,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *extra = options->extra_options != NULL ? options->extra_options : "";
    memset(text, 0, sizeof *text);
    for (const char *c = extra; *c != '\0'; c += strcspn(c, " ")) {
        c += strspn(c, " ");
        EOT_CHECK(*c == '\0' || strncmp(c, "-D", 2) == 0, EOT_E_INTERNAL,
                  "build option %s is not a definition (only -DNAME=VALUE is allowed); remove it", c);
    }
    int n = snprintf(text->options, sizeof text->options, "-DEOT_LANE_WIDTH=1 -DEOT_VECTOR_WIDTH=1%s%s",
                     extra[0] != '\0' ? " " : "", extra);
    EOT_CHECK(n > 0 && (size_t)n < sizeof text->options, EOT_E_INTERNAL,
              "build options are too long (%s); shorten them", extra);
    text->no_cache = options->no_kernel_cache;
    EOT_TRY(eot_source_flatten(options->kernel_dir, &text->source, err));
done:
    return status;
}

void eot_cuda_text_free(struct eot_cuda_text *text) {
    free(text->source);
    free(text->compiler);
    memset(text, 0, sizeof *text);
}

static const struct eot_nvrtc *compiler_of(struct eot_cuda_text *text) {
    if (text->is_compiler_sought) return text->compiler;
    text->is_compiler_sought = true;
    text->compiler = malloc(sizeof *text->compiler);
    if (text->compiler != NULL && !eot_nvrtc_load(text->compiler)) {
        free(text->compiler);
        text->compiler = NULL;
    }
    return text->compiler;
}

/* What the compiler is to make for a device: its own code, or PTX of the nearest older one if the compiler does not
 * know it. False where it knows no such either. */
static bool architecture_for(const struct eot_nvrtc *compiler, int capability, char *text, size_t n_text) {
    int n = 0, nearest = 0, *known = NULL;
    if (compiler->nvrtcGetNumSupportedArchs(&n) != 0 || n < 1) return false;
    known = calloc((size_t)n, sizeof *known);
    if (known != NULL && compiler->nvrtcGetSupportedArchs(known) == 0)
        for (int i = 0; i < n; i++)
            if (known[i] <= capability && known[i] > nearest) nearest = known[i];
    free(known);
    snprintf(text, n_text, "%s_%d", nearest == capability ? "sm" : "compute", nearest);
    return nearest > 0;
}

/* The compiler's options as an array of texts. @param storage of the definitions. @return their number. */
static int compile_options(const struct eot_cuda_text *text, enum eot_kernel kernel, char architecture[64],
                           char limit[64], char storage[EOT_CUDA_MAX_OPTIONS], const char *option[MAX_OPTION]) {
    int n = 0, registers = register_limit(kernel);
    option[n++] = architecture;
    for (int i = 0; i < N_EXACT; i++) option[n++] = EXACT[i];
    if (registers > 0) {
        snprintf(limit, 64, "--maxrregcount=%d", registers);
        option[n++] = limit;
    }
    kernel_definitions(text, kernel, storage);
    char *rest = NULL;
    for (char *word = strtok_r(storage, " ", &rest); word != NULL && n < MAX_OPTION - 1;
         word = strtok_r(NULL, " ", &rest))
        option[n++] = word;
    return n;
}

enum eot_status eot_cuda_image_compile(struct eot_cuda_text *text, enum eot_kernel kernel, const char *architecture,
                                       struct eot_cuda_image *image, char **log, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_nvrtc *nvrtc = compiler_of(text);
    const bool is_cubin = strncmp(architecture, "sm_", 3) == 0;
    const char *option[MAX_OPTION];
    char first[64], limit[64], storage[EOT_CUDA_MAX_OPTIONS];
    char *source = NULL, *said = NULL;
    void *program = NULL;
    size_t n_said = 0;
    memset(image, 0, sizeof *image);
    image->origin = EOT_CUDA_COMPILER;
    EOT_CHECK(nvrtc != NULL, EOT_E_BUILD,
              "cannot compile kernel %s for %s (NVIDIA's run-time compiler libnvrtc.so is not here); install it (CUDA "
              "toolkit 11.2 or later, or its package cuda-nvrtc), or name the library in EOTMC_NVRTC",
              eot_kernel_name[kernel], architecture);
    source = kernel_source(text, kernel);
    EOT_CHECK_MEMORY(source);
    snprintf(first, sizeof first, "--gpu-architecture=%s", architecture);
    int n_option = compile_options(text, kernel, first, limit, storage, option);
    if (log != NULL && is_cubin) option[n_option++] = "--ptxas-options=-v";
    int code = nvrtc->nvrtcCreateProgram(&program, source, "eotmc.cu", 0, NULL, NULL);
    EOT_CHECK(code == 0, EOT_E_BUILD, "nvrtcCreateProgram failed (%d); use another NVRTC, or --device host", code);
    code = nvrtc->nvrtcCompileProgram(program, n_option, option);
    if (nvrtc->nvrtcGetProgramLogSize(program, &n_said) == 0 && n_said > 0) {
        said = calloc(1, n_said + 1);
        if (said != NULL && nvrtc->nvrtcGetProgramLog(program, said) != 0) said[0] = '\0';
    }
    EOT_CHECK(code == 0, EOT_E_BUILD,
              "cannot compile kernel %s (NVRTC %d.%d, error %d, %s, options %s); use another NVRTC (EOTMC_NVRTC), or "
              "--device host. Log: %.1200s",
              eot_kernel_name[kernel], nvrtc->major, nvrtc->minor, code, architecture, text->options,
              said != NULL && said[0] != '\0' ? said : "(empty)");
    code = is_cubin ? nvrtc->nvrtcGetCUBINSize(program, &image->n_bytes)
                    : nvrtc->nvrtcGetPTXSize(program, &image->n_bytes);
    EOT_CHECK(code == 0 && image->n_bytes > 0, EOT_E_BUILD,
              "NVRTC %d.%d gives no code of kernel %s for %s (error %d); use a newer one", nvrtc->major, nvrtc->minor,
              eot_kernel_name[kernel], architecture, code);
    image->bytes = malloc(image->n_bytes);
    EOT_CHECK_MEMORY(image->bytes);
    code = is_cubin ? nvrtc->nvrtcGetCUBIN(program, image->bytes) : nvrtc->nvrtcGetPTX(program, image->bytes);
    EOT_CHECK(code == 0, EOT_E_BUILD, "NVRTC gives no code of kernel %s for %s (error %d); use a newer one",
              eot_kernel_name[kernel], architecture, code);
    if (log != NULL) {
        *log = said;
        said = NULL;
    }
done:
    if (program != NULL) nvrtc->nvrtcDestroyProgram(&program);
    if (status != EOT_OK) {
        free(image->bytes);
        image->bytes = NULL;
    }
    free(source);
    free(said);
    return status;
}

/* The bytes of a file with a final 0, or NULL; the caller frees them. */
static char *file_bytes(const char *path, size_t *n_bytes) {
    char *bytes = NULL;
    FILE *in = fopen(path, "rb"), *copy = in != NULL ? open_memstream(&bytes, n_bytes) : NULL;
    bool is_good = copy != NULL;
    for (int c; is_good && (c = getc(in)) != EOF;) putc(c, copy);
    if (in != NULL) fclose(in);
    if (copy != NULL && fclose(copy) != 0) is_good = false;
    if (is_good && *n_bytes > 0) return bytes;
    free(bytes);
    return NULL;
}

/* Code compiled before, for this device or an older one that it is compatible with. */
static bool folder_find(const struct eot_cuda_text *text, enum eot_kernel kernel, int capability,
                        struct eot_cuda_image *image) {
    const char *named = getenv("EOTMC_CUDA_KERNELS");
    char folder[PATH_MAX] = "", architecture[32], name[160], path[PATH_MAX + 200];
    if (named != NULL && named[0] != '\0') {
        snprintf(folder, sizeof folder, "%s", named);
    } else {
        ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 16);
        folder[n > 0 ? n : 0] = '\0';
        char *slash = strrchr(folder, '/');
        if (slash == NULL) return false;
        snprintf(slash, 16, "/cuda-kernels");
    }
    for (int is_ptx = 0; is_ptx < 2 && image->bytes == NULL; is_ptx++)
        for (int c = capability; c >= (is_ptx ? 50 : capability / 10 * 10) && image->bytes == NULL; c--) {
            snprintf(architecture, sizeof architecture, "%s_%d", is_ptx ? "compute" : "sm", c);
            eot_cuda_image_name(text, kernel, architecture, name, sizeof name);
            snprintf(path, sizeof path, "%s/%s", folder, name);
            image->bytes = file_bytes(path, &image->n_bytes);
        }
    return image->bytes != NULL;
}

enum eot_status eot_cuda_image_find(struct eot_cuda_text *text, enum eot_kernel kernel, int capability,
                                    enum eot_cuda_origin first, struct eot_cuda_image *image, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_nvrtc *nvrtc = compiler_of(text);
    char architecture[32] = "", version[32] = "", key[65] = "";
    bool can_compile = nvrtc != NULL && architecture_for(nvrtc, capability, architecture, sizeof architecture);
    memset(image, 0, sizeof *image);
    if (can_compile) {
        snprintf(version, sizeof version, "NVRTC %d.%d", nvrtc->major, nvrtc->minor);
        image_key(text, kernel, architecture, version, key);
    }
    image->origin = EOT_CUDA_CACHE;
    if (can_compile && first <= EOT_CUDA_CACHE && !text->no_cache)
        image->bytes = (char *)eot_cache_read(key, &image->n_bytes);
    if (image->bytes != NULL) goto done;
    image->origin = EOT_CUDA_FOLDER;
    if (first <= EOT_CUDA_FOLDER && !(text->no_cache && can_compile) && folder_find(text, kernel, capability, image))
        goto done;
    EOT_CHECK(nvrtc != NULL, EOT_E_BUILD,
              "no code of kernel %s for compute capability %d.%d (there is no run-time compiler libnvrtc.so, and no "
              "folder of compiled kernels has it); install NVRTC (CUDA toolkit 11.2 or later, or its package "
              "cuda-nvrtc), or name the library in EOTMC_NVRTC, or a folder made by `eotmc kernels` in "
              "EOTMC_CUDA_KERNELS",
              eot_kernel_name[kernel], capability / 10, capability % 10);
    EOT_CHECK(can_compile, EOT_E_BUILD,
              "NVRTC %d.%d does not compile for compute capability %d.%d (the device is too old for it); give an older "
              "NVRTC in EOTMC_NVRTC",
              nvrtc->major, nvrtc->minor, capability / 10, capability % 10);
    EOT_TRY(eot_cuda_image_compile(text, kernel, architecture, image, NULL, err));
    if (!text->no_cache) (void)eot_cache_write(key, (const unsigned char *)image->bytes, image->n_bytes);
done:
    return status;
}
