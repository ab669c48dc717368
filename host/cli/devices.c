/* eotmc devices: what is there, and what would be chosen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_rows.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "device/devices.h"

/* Whether a device is among the choices. */
static bool is_chosen(size_t i, const struct eot_device_choice *choice, size_t n_choice) {
    for (size_t k = 0; k < n_choice; k++)
        if (choice[k].i_device == i) return true;
    return false;
}

static void print_text(const struct eot_device *device, size_t n_device, const struct eot_device_choice *choice,
                       size_t n_choice, bool is_automatic) {
    for (size_t i = 0; i < n_device; i++) {
        const struct eot_device *d = &device[i];
        printf("%s%zu  %s\n", is_chosen(i, choice, n_choice) ? "* " : "  ", i, d->name);
        printf("     type               %s\n", eot_device_type_name(d->type));
        if (d->type == EOT_DEVICE_HOST) {
            printf("     driver             %s; one core, no driver\n", d->driver);
            continue;
        }
        printf("     platform           %s, %s\n", d->platform, d->platform_version);
        printf("     driver             %s\n", d->driver);
        printf("     language           %s\n", d->c_version);
        printf("     fp64               %s\n", d->fp64 ? "yes" : "no");
        printf("     int64 atomics      %s\n", d->int64_atomics ? "yes" : "no");
        printf("     compute units      %u\n", d->compute_units);
        printf("     sub-devices        %u\n", d->n_part_max);
        printf("     max work-group     %zu\n", d->max_group);
        printf("     global memory      %.2f GiB\n", (double)d->memory / 1073741824.0);
        printf("     largest buffer     %.2f GiB\n", (double)d->max_buffer / 1073741824.0);
        printf("     max parameter size %zu bytes\n", d->max_parameter);
        if (d->missing[0] != '\0') printf("     cannot be used     it lacks %s\n", d->missing);
    }
    printf("\n* = chosen%s\n", is_automatic ? " when --device is not given" : "");
    for (size_t k = 0; k < n_choice; k++)
        if (choice[k].n_part > 1) printf("    %zu in %u parts\n", choice[k].i_device, choice[k].n_part);
}

static enum eot_status print_json(const struct eot_device *device, size_t n_device,
                                  const struct eot_device_choice *choice, size_t n_choice, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    json_t *list = json_array();
    for (size_t i = 0; i < n_device; i++) {
        const struct eot_device *d = &device[i];
        json_t *row = json_pack(
            "{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:s}", "index",
            (json_int_t)i, "name", d->name, "type", eot_device_type_name(d->type), "platform", d->platform,
            "platform_version", d->platform_version, "driver", d->driver, "opencl_c", d->c_version, "fp64",
            (int)d->fp64, "int64_atomics", (int)d->int64_atomics, "compute_units", (json_int_t)d->compute_units,
            "max_sub_devices", (json_int_t)d->n_part_max, "max_work_group", (json_int_t)d->max_group,
            "global_memory_bytes", (json_int_t)d->memory, "max_buffer_bytes", (json_int_t)d->max_buffer,
            "max_parameter_bytes", (json_int_t)d->max_parameter, "chosen", (int)is_chosen(i, choice, n_choice),
            "usable", (int)(d->missing[0] == '\0'), "missing", d->missing);
        EOT_TRY(eot_json_append(list, row, err));
    }
    EOT_TRY(eot_json_print(json_pack("{s:s, s:I, s:O}", "schema", "eotmc-devices/1", "chosen",
                                     (json_int_t)choice[0].i_device, "devices", list),
                           EOT_JSON_EXACT, err));
done:
    json_decref(list);
    return status;
}

enum eot_status eot_cmd_devices(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *format = "text", *selector = NULL;
    bool is_help = false;
    struct eot_text_list positional = {0};
    struct eot_device *device = NULL;
    size_t n_device = 0, n_choice = 0;
    struct eot_device_choice choice[EOT_MAX_DEVICE_CHOICE];
    const struct eot_option table[] = {
        EOT_ROW_FORMAT_TEXT(&format),
        {"device", 0, EOT_OPTION_TEXT, &selector, "SEL",
         "show what this choice would take: number, part of a name, or host; several with commas, SEL/n for n parts "
         "(default: automatic)"},
    };
    const struct eot_command command = {.name = "devices",
                                        .arguments = "",
                                        .summary = "List the devices that eotmc can see, and the one it would choose.",
                                        .example = "eotmc devices\n  eotmc devices --format json",
                                        .option = table,
                                        .n_option = sizeof table / sizeof table[0]};
    EOT_TRY(eot_options_parse(&command, argc, argv, &positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(eot_devices_list(&device, &n_device, err));
    EOT_TRY(eot_devices_choose(device, n_device, selector, choice, EOT_MAX_DEVICE_CHOICE, &n_choice, err));
    if (eot_format_is_json(format))
        EOT_TRY(print_json(device, n_device, choice, n_choice, err));
    else
        print_text(device, n_device, choice, n_choice, selector == NULL);
done:
    free(device);
    eot_text_list_free(&positional);
    return status;
}
