/** @file schema.h
 * The one table of configuration keys: it drives parsing, --set, messages, the effective configuration and
 * configs/schema.md. */
#ifndef EOT_HOST_CONFIG_SCHEMA_H
#define EOT_HOST_CONFIG_SCHEMA_H

#include "config/config.h"
#include "config/units.h"

/** The struct that a key's value is stored in. */
enum eot_scope {
    EOT_SCOPE_ROOT,
    EOT_SCOPE_MATERIAL,
    EOT_SCOPE_VOLUME,
    EOT_SCOPE_LAYER,
    EOT_SCOPE_SELECTION,
    EOT_SCOPE_PLANE,
    EOT_N_SCOPE
};

enum eot_key_type {
    EOT_KEY_NUMBER,     /* double */
    EOT_KEY_NUMBERS,    /* struct eot_numbers: one number, or a list of up to `count`, in which ranges may stand */
    EOT_KEY_INTEGER,    /* int */
    EOT_KEY_COUNT32,    /* uint32_t */
    EOT_KEY_COUNT64,    /* uint64_t */
    EOT_KEY_SWITCH,     /* bool */
    EOT_KEY_CHOICE,     /* enum: number of the word in `choices` */
    EOT_KEY_FORMS,      /* int, a bit for each word in `choices`; on is the first of them, off none */
    EOT_KEY_NAME,       /* char[count] */
    EOT_KEY_PATH,       /* char[count]: of a file */
    EOT_KEY_MATERIAL,   /* int, index of the material of that name */
    EOT_KEY_ELEMENTS,   /* mapping symbol: mass fraction */
    EOT_KEY_MATERIALS,  /* list of mappings, EOT_SCOPE_MATERIAL */
    EOT_KEY_VOLUMES,    /* list of mappings, EOT_SCOPE_VOLUME */
    EOT_KEY_LAYERS,     /* list of mappings, EOT_SCOPE_LAYER */
    EOT_KEY_SELECTIONS, /* list of mappings, EOT_SCOPE_SELECTION; each starts from the default selection's values */
    EOT_KEY_PLANES      /* list of mappings, EOT_SCOPE_PLANE */
};

struct eot_key {
    enum eot_scope scope;
    const char *path; /* dotted, relative to the scope */
    enum eot_key_type type;
    enum eot_dimension dimension;
    int count;            /* 1, or the length of a list of numbers; of a name: bytes */
    double min, max;      /* both allowed, base unit */
    const char *fallback; /* default as it would be written; NULL = required; "" = none, see doc */
    const char *choices;  /* "word|word" */
    size_t offset;
    bool is_input_only; /* another way to say what other keys say: not in the effective configuration */
    const char *doc;
    const char *advice; /* what to do when out of range, on either side; NULL = the range itself */
};

/** What the keys of EOT_SCOPE_ROOT are stored in: the configuration first, then what is only needed while reading. */
struct eot_config_input {
    struct eot_config config;
    double kinetic_energy;
};
/** What the keys of EOT_SCOPE_VOLUME are stored in. */
struct eot_volume_input {
    struct eot_volume_config volume;
    int material; /* a volume of one layer: */
    double thickness;
    bool active;
};

extern const struct eot_key EOT_KEYS[];
extern const size_t EOT_N_KEYS;

/** The key of that path; NULL if there is none. */
const struct eot_key *eot_key_find(enum eot_scope scope, const char *path);
/** The prefix of a scope's keys in documentation: "", "materials[].", "geometry.volumes[].",
 * "geometry.volumes[].layers[].", "selections[].". */
const char *eot_scope_prefix(enum eot_scope scope);
/** Does a word stand in "a|b|c"? @return its number from 0, or -1. */
int eot_choice_index(const char *choices, const char *word);
/** The n-th word of "a|b|c", at most 31 bytes. */
void eot_choice_word(const char *choices, int n, char word[32]);

#endif
