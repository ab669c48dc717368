#include "output/hepmc_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/file.h"
#include "output/output.h"
#include "version.h"

static const char NAME[] = "events.hepmc";

enum eot_status eot_hepmc_begin(const char *folder, const struct eot_result *result, const char *weight,
                                const char *primaries, double fraction, struct eot_hepmc_file *file,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char temporary[64], *path = NULL;
    *file = (struct eot_hepmc_file){.folder = folder};
    for (size_t i = 0; i < result->n_range; i++)
        file->n_primary += (double)(result->primaries[i][1] - result->primaries[i][0]);
    eot_output_temporary_name(temporary, sizeof temporary, NAME);
    path = eot_output_path(folder, temporary);
    EOT_CHECK_MEMORY(path);
    unlink(path);                  /* a leftover of a process of the same number */
    file->out = fopen(path, "wx"); /* a new file: a link is not followed */
    EOT_CHECK(file->out != NULL, EOT_E_IO, "cannot write '%s/%s' (%s); choose another folder with -o", folder, NAME,
              strerror(errno));
    fprintf(file->out, "HepMC::Version 3.01.02\nHepMC::Asciiv3-START_EVENT_LISTING\nW %s\nT eotmc\\|%s\\|%s\n", weight,
            EOT_VERSION, result->name);
    fprintf(file->out, "A config_sha256 %s\nA %s %.0f\nA record_fraction %.9g\n", result->config_sha256, primaries,
            file->n_primary, fraction);
done:
    free(path);
    return status;
}

enum eot_status eot_hepmc_end(struct eot_hepmc_file *file, enum eot_status status, struct eot_error *err) {
    if (file->out == NULL) return status;
    fprintf(file->out, "HepMC::Asciiv3-END_EVENT_LISTING\n\n");
    int failed = ferror(file->out);
    failed |= fclose(file->out);
    file->out = NULL;
    EOT_TRY(status);
    EOT_CHECK(failed == 0, EOT_E_IO, "cannot write '%s/%s' (%s); free space or choose another folder with -o",
              file->folder, NAME, strerror(errno));
    EOT_TRY(eot_output_commit(file->folder, NAME, err));
done:
    if (status != EOT_OK) eot_output_discard(file->folder, NAME);
    return status;
}
