#include "base/plain.h"

#include <string.h>

#define NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-"

bool eot_plain_is_name(const char *text) { return text[0] != '\0' && text[strspn(text, NAME)] == '\0'; }

bool eot_plain_is_path(const char *text) {
    return text[0] != '\0' && text[0] != '-' && text[strspn(text, NAME "/=,@:%")] == '\0';
}
