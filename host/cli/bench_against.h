/** @file bench_against.h
 * Results of `eotmc bench` beside those of another day or card. */
#ifndef EOT_HOST_CLI_BENCH_AGAINST_H
#define EOT_HOST_CLI_BENCH_AGAINST_H

#include <jansson.h>
#include <stdio.h>

#include "base/error.h"

/** Print the ratio of rates of each case that both have. @param now a document of `eotmc bench --format json` or of
 * bench/gpu-check, as `then`. @param file where `then` is from.
 * @return EOT_E_CONFIG (no such document, or no case in both). */
enum eot_status eot_bench_against(const json_t *now, const json_t *then, const char *file, FILE *out,
                                  struct eot_error *err);

/** Read such a document. @param document to be released with json_decref. @return EOT_E_IO, EOT_E_CONFIG. */
enum eot_status eot_bench_document_read(const char *file, json_t **document, struct eot_error *err);

#endif
