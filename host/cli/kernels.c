/* eotmc kernels: the kernels compiled for NVIDIA's GPUs where there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/options.h"
#include "cli.h"
#include "device/cuda_program.h"
#include "device/launch.h"
#include "output/output.h"
#include "bench/bench.h"
#include "world/world.h"

/* The largest number in front of a phrase of the compiler's log, which has lines for the kernel and for each function
 * that it calls; -1: there is none. */
static int largest_before(const char *log, const char *phrase) {
    int largest = -1;
    for (const char *at = log; at != NULL && (at = strstr(at, phrase)) != NULL; at += strlen(phrase)) {
        const char *number = at;
        while (number > log && (number[-1] == ' ' || (number[-1] >= '0' && number[-1] <= '9'))) number--;
        if (atoi(number) > largest) largest = atoi(number);
    }
    return largest;
}

/* Size of a file of a folder, 0 if there is none. */
static long size_of(const char *folder, const char *name) {
    char path[1200];
    struct stat file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &file) == 0 && S_ISREG(file.st_mode) ? (long)file.st_size : 0;
}

/* One kernel for one architecture; a row of the table. What the folder has is not compiled again. */
static enum eot_status compile_one(struct eot_cuda_text *text, enum eot_kernel kernel, const char *architecture,
                                   const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_cuda_image image = {.bytes = NULL};
    char *log = NULL, name[160];
    eot_cuda_image_name(text, kernel, architecture, name, sizeof name);
    long size = folder != NULL ? size_of(folder, name) : 0;
    if (size > 0) {
        printf("%-18s %-12s %35s %9ld\n", eot_kernel_name[kernel], architecture, "in the folder already", size);
        goto done;
    }
    EOT_TRY(eot_cuda_image_compile(text, kernel, architecture, &image, &log, err));
    if (folder != NULL) EOT_TRY(eot_output_write_file(folder, name, image.bytes, image.n_bytes, err));
    const char *used = log != NULL ? strstr(log, "Used ") : NULL;
    int spilled = largest_before(log, " bytes spill stores");
    printf("%-18s %-12s %9d %12d %12d %9zu\n", eot_kernel_name[kernel], architecture,
           used != NULL ? atoi(used + 5) : -1, spilled, largest_before(log, " bytes stack frame"), image.n_bytes);
done:
    free(image.bytes);
    free(log);
    return status;
}

static bool is_wanted(const struct eot_text_list *kernels, const char *name) {
    for (size_t i = 0; i < kernels->n; i++)
        if (strcmp(kernels->text[i], name) == 0) return true;
    return kernels->n == 0;
}

enum eot_status eot_cmd_kernels(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *bench = NULL, *folder = NULL, *kernel_dir = NULL;
    bool is_help = false;
    struct eot_text_list positional = {0}, architectures = {0}, kernels = {0};
    struct eot_config config = {0};
    struct eot_cuda_text text = {.source = NULL};
    char kernel_options[256] = "";
    const struct eot_option table[] = {
        {"arch", 0, EOT_OPTION_LIST, &architectures, "NAME",
         "sm_90 for code of that compute capability, compute_90 for PTX that drivers compile; may be repeated"},
        {"case", 0, EOT_OPTION_TEXT, &bench, "NAME", "the options of a case of `eotmc bench` instead of CONFIG's"},
        {"kernel", 0, EOT_OPTION_LIST, &kernels, "NAME", "only this kernel; may be repeated (default: all)"},
        {"output", 0, EOT_OPTION_TEXT, &folder, "DIR",
         "write the code there, but for what the folder has (default: only the table is printed)"},
        {"kernel-dir", 0, EOT_OPTION_TEXT, &kernel_dir, "DIR",
         "read kernels and headers below this project root, not the built-in ones"},
    };
    const struct eot_command command = {
        .name = "kernels",
        .arguments = "[CONFIG]",
        .summary = "Compile the CUDA kernels of a configuration with NVIDIA's run-time compiler (NVRTC), without a "
                   "card, and print what they need.\nA folder of them serves machines that have a driver but no NVRTC: "
                   "name it in EOTMC_CUDA_KERNELS, or put it beside the program as cuda-kernels.",
        .max_positional = 1,
        .example = "eotmc kernels --arch sm_90 --arch compute_80 --output cuda-kernels configs/smoke.yaml",
        .option = table,
        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_CHECK(architectures.n > 0, EOT_E_USAGE, "--arch is missing; give one, as --arch sm_90");
    EOT_CHECK(positional.n + (bench != NULL) <= 1, EOT_E_USAGE,
              "more than one configuration is given; give one CONFIG, or --case");
    if (bench != NULL) {
        EOT_TRY(eot_bench_kernel_options(bench, kernel_options, sizeof kernel_options, err));
    } else if (positional.n == 1) {
        EOT_TRY(eot_config_read(positional.text[0], NULL, 0, &config, err));
        snprintf(kernel_options, sizeof kernel_options, "%s", eot_world_kernel_options(&config));
    }
    EOT_TRY(eot_cuda_text_init(
        &text, &(struct eot_backend_options){.kernel_dir = kernel_dir, .extra_options = kernel_options}, err));
    if (folder != NULL) EOT_TRY(eot_output_prepare(folder, err));
    printf("options: %s\n%-18s %-12s %9s %12s %12s %9s\n", text.options, "kernel", "architecture", "registers",
           "spill bytes", "stack bytes", "bytes");
    for (size_t a = 0; a < architectures.n; a++)
        for (int k = 0; k < EOT_N_KERNEL; k++)
            if (is_wanted(&kernels, eot_kernel_name[k]))
                EOT_TRY(compile_one(&text, (enum eot_kernel)k, architectures.text[a], folder, err));
done:
    eot_cuda_text_free(&text);
    eot_config_free(&config);
    eot_text_list_free(&architectures);
    eot_text_list_free(&kernels);
    eot_text_list_free(&positional);
    return status;
}
