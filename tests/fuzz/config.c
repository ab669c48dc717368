/* Text of a configuration: read, or refused with a message; what was read writes itself as a text that is read again to
 * the same hash. */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n_bytes) {
    struct eot_config config = {.name = ""}, again = {.name = ""};
    struct eot_error error = {.status = EOT_OK};
    char *text = malloc(n_bytes + 1);
    if (text == NULL) return 0;
    memcpy(text, bytes, n_bytes);
    text[n_bytes] = '\0';
    enum eot_status status = eot_config_read_text("fuzz.yaml", text, NULL, 0, &config, &error);
    if (status != EOT_OK && error.text[0] == '\0') abort();
    if (status == EOT_OK) {
        if (eot_config_read_text("again.yaml", config.effective_yaml, NULL, 0, &again, &error) != EOT_OK) abort();
        if (strcmp(config.sha256, again.sha256) != 0) abort();
    }
    eot_config_free(&again);
    eot_config_free(&config);
    free(text);
    return 0;
}
