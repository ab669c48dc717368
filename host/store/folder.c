#include "store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/run.h"
#include "output/file.h"
#include "output/output.h"
#include "store/checkpoint.h"

/* Names and endings of the files that runs make; figures, in a folder of their own, come with their script and data. */
static const char FIGURES[] = "figures", PLANES[] = "planes";
static const char *const FILES[] = {
#define EOT_SINK(name, file, enabled, need, write) file,
#include "output/sinks.def"
#undef EOT_SINK
    EOT_CHECKPOINT_FILE, EOT_CHECKPOINT_PREVIOUS, EOT_CHECKPOINT_EVENTS,
#define EOT_PLANE_FILE(name, file, most) file,
    EOT_PLANE_FILES(EOT_PLANE_FILE)
#undef EOT_PLANE_FILE
};
static const char *const PLANE_ENDINGS[] = {".mcpl", ".h5"};
static const char *const FIGURE_ENDINGS[] = {".png", ".svg", ".pdf", ".gp", ".dat"};

static bool ends_with(const char *name, const char *ending) {
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

static bool is_ours(const char *name) {
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        if (strcmp(name, FILES[i]) == 0) return strcmp(name, FIGURES) != 0;
    return false;
}

static bool is_figure(const char *name) {
    for (size_t i = 0; i < sizeof FIGURE_ENDINGS / sizeof FIGURE_ENDINGS[0]; i++)
        if (ends_with(name, FIGURE_ENDINGS[i])) return true;
    return false;
}

static bool is_plane(const char *name) {
    for (size_t i = 0; i < sizeof PLANE_ENDINGS / sizeof PLANE_ENDINGS[0]; i++)
        if (ends_with(name, PLANE_ENDINGS[i])) return true;
    return false;
}

/* ".name.PID.tmp", as eot_output_temporary_name makes it: while the folder is locked, nobody else writes one. */
static bool is_temporary(const char *name) { return name[0] == '.' && ends_with(name, ".tmp"); }

/* Unlink what `is_meant` says; links are removed, not followed; folders stay. */
static enum eot_status remove_files(const char *path, bool (*is_meant)(const char *name), struct eot_error *err) {
    enum eot_status status = EOT_OK;
    DIR *folder = opendir(path);
    if (folder == NULL) return EOT_OK; /* not there */
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (!is_meant(entry->d_name)) continue;
        EOT_CHECK(unlinkat(dirfd(folder), entry->d_name, 0) == 0 || errno == ENOENT || errno == EISDIR, EOT_E_IO,
                  "cannot remove '%s/%s' (%s); remove it, or choose another folder with -o", path, entry->d_name,
                  strerror(errno));
    }
done:
    closedir(folder);
    return status;
}

static bool is_temporary_or_ours(const char *name) { return is_temporary(name) || is_ours(name); }
static bool is_temporary_or_figure(const char *name) { return is_temporary(name) || is_figure(name); }
static bool is_temporary_or_plane(const char *name) { return is_temporary(name) || is_plane(name); }

/* What a run that has ended has left half written in a folder and in its folders of figures and planes; or all that it
 * has written. */
static enum eot_status clean_one(const char *path, bool all, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *figures = eot_output_path(path, FIGURES), *planes = eot_output_path(path, PLANES);
    EOT_CHECK_MEMORY(figures);
    EOT_CHECK_MEMORY(planes);
    EOT_TRY(remove_files(path, all ? is_temporary_or_ours : is_temporary, err));
    EOT_TRY(remove_files(figures, all ? is_temporary_or_figure : is_temporary, err));
    EOT_TRY(remove_files(planes, all ? is_temporary_or_plane : is_temporary, err));
done:
    free(figures);
    free(planes);
    return status;
}

/* The same with the folders of several masses in it (EOT_MASS_PREFIX), not those of runs of their own. */
static enum eot_status clean(const char *path, bool all, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *mass = NULL;
    DIR *folder = opendir(path);
    EOT_TRY(clean_one(path, all, err));
    for (const struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL; entry = readdir(folder)) {
        if (strncmp(entry->d_name, EOT_MASS_PREFIX, strlen(EOT_MASS_PREFIX)) != 0) continue;
        free(mass);
        mass = eot_output_path(path, entry->d_name);
        EOT_CHECK_MEMORY(mass);
        if (eot_output_has(mass, EOT_CHECKPOINT_FILE) || eot_output_has(mass, EOT_FOLDER_LOCK)) continue;
        EOT_TRY(clean_one(mass, all, err));
        if (!all) continue;
        char *figures = eot_output_path(mass, FIGURES);
        if (figures != NULL) rmdir(figures); /* where nothing else is in it */
        free(figures);
        rmdir(mass);
    }
done:
    free(mass);
    if (folder != NULL) closedir(folder);
    return status;
}

static const char *used_by(const char *path) {
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        if (is_ours(FILES[i]) && eot_output_has(path, FILES[i])) return FILES[i];
    return NULL;
}

/* Whether the open file is still the one of that name: who held the lock before may have removed it meanwhile. */
static bool is_the_file(int descriptor, const char *path) {
    struct stat own, named;
    return fstat(descriptor, &own) == 0 && lstat(path, &named) == 0 && own.st_dev == named.st_dev &&
           own.st_ino == named.st_ino;
}

/* Who holds the lock, as its file says; the text is cut at anything that is not printable. */
static void read_holder(int descriptor, char *text, size_t n_text) {
    ssize_t n = pread(descriptor, text, n_text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    for (char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~') *c = '\0';
}

/* Take the lock of the open file. What a killed process held is free a moment after it has gone, so that a run which
 * takes its place at once waits for that. @return whether it is taken; errno else. */
static bool take(int descriptor) {
    enum { TRIES = 20 };
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool is_taken = fcntl(descriptor, F_OFD_SETLK, &whole) == 0;
    for (int i = 0; i < TRIES && !is_taken && (errno == EAGAIN || errno == EACCES); i++) {
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        is_taken = fcntl(descriptor, F_OFD_SETLK, &whole) == 0;
    }
    return is_taken;
}

static enum eot_status lock(struct eot_folder *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char text[256], host[128] = "?", *path = eot_output_path(folder->path, EOT_FOLDER_LOCK);
    EOT_CHECK_MEMORY(path);
    folder->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    EOT_CHECK(folder->lock >= 0, EOT_E_IO, "cannot lock the folder '%s' (%s); choose another folder with -o",
              folder->path, strerror(errno));
    bool is_locked = take(folder->lock);
    int error = errno;
    if (is_locked && !is_the_file(folder->lock, path)) {
        close(folder->lock);
        folder->lock = -1;
        EOT_TRY(lock(folder, err));
        goto done;
    }
    if (!is_locked) {
        read_holder(folder->lock, text, sizeof text);
        close(folder->lock);
        folder->lock = -1;
        EOT_CHECK(error != EAGAIN && error != EACCES, EOT_E_IO,
                  "another run writes into '%s' (%s); wait for it, or choose another folder with -o", folder->path,
                  text[0] != '\0' ? text : "it does not say which");
        goto done; /* a file system without locks: go on without one */
    }
    gethostname(host, sizeof host - 1);
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    int n = snprintf(text, sizeof text, "process %ld on %s since %04d-%02d-%02dT%02d:%02d:%02dZ\n", (long)getpid(),
                     host, utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
    if (ftruncate(folder->lock, 0) != 0 || pwrite(folder->lock, text, (size_t)n, 0) != n)
        EOT_FAIL(EOT_E_IO, "cannot lock the folder '%s' (%s); free space or choose another folder with -o",
                 folder->path, strerror(errno));
done:
    free(path);
    return status;
}

enum eot_status eot_folder_open(const char *path, enum eot_folder_use use, struct eot_folder *folder,
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *used;
    folder->lock = -1;
    folder->path = strdup(path);
    EOT_CHECK_MEMORY(folder->path);
    EOT_TRY(eot_output_prepare(path, err));
    EOT_TRY(lock(folder, err));
    EOT_TRY(clean(path, false, err));
    used = used_by(path);
    EOT_CHECK(use != EOT_FOLDER_NEW || used == NULL, EOT_E_USAGE,
              "the folder '%s' holds a run already (%s); go on with it by --resume, replace it by --force, or choose "
              "another folder with -o",
              path, used);
    if (use == EOT_FOLDER_FORCE) EOT_TRY(clean(path, true, err));
done:
    return status;
}

static void remove_lock(const struct eot_folder *folder) {
    char *path = eot_output_path(folder->path, EOT_FOLDER_LOCK);
    if (path != NULL) unlink(path);
    free(path);
}

void eot_folder_abandon(const struct eot_folder *folder) {
    if (folder->lock < 0) return;
    (void)clean(folder->path, false, NULL);
    remove_lock(folder);
}

void eot_folder_close(struct eot_folder *folder) {
    if (folder->lock >= 0) {
        remove_lock(folder);
        close(folder->lock);
    }
    free(folder->path);
    folder->path = NULL;
    folder->lock = -1;
}
