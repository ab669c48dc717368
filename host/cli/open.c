#include "cli/open.h"

enum eot_status eot_opened_read(struct eot_opened *opened, const char *path, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(eot_config_read(path, opened->set.text, opened->set.n, &opened->config, err));
    EOT_TRY(eot_setup_create(&opened->config, &opened->setup, err));
done:
    return status;
}

void eot_opened_free(struct eot_opened *opened) {
    eot_setup_free(&opened->setup);
    eot_config_free(&opened->config);
    eot_text_list_free(&opened->positional);
    eot_text_list_free(&opened->set);
}
