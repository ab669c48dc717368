/* Overrides as --set has them, one a line, over a shipped configuration: read, or refused with a message. */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

enum { MAX_OVERRIDE = 16 };

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n_bytes) {
    struct eot_config config = {.name = ""};
    struct eot_error error = {.status = EOT_OK};
    const char *override[MAX_OVERRIDE];
    size_t n = 0;
    char *text = malloc(n_bytes + 1), *rest = NULL;
    if (text == NULL) return 0;
    memcpy(text, bytes, n_bytes);
    text[n_bytes] = '\0';
    for (char *line = strtok_r(text, "\n", &rest); line != NULL && n < MAX_OVERRIDE; line = strtok_r(NULL, "\n", &rest))
        override[n++] = line;
    enum eot_status status = eot_config_read(EOT_SOURCE_DIR "/configs/smoke.yaml", override, n, &config, &error);
    if (status != EOT_OK && error.text[0] == '\0') abort();
    eot_config_free(&config);
    free(text);
    return 0;
}
