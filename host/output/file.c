#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stale.h"
#include "output/output.h"

#define MAX_NAME 200

char *eot_output_path(const char *folder, const char *name) {
    size_t n = strlen(folder) + strlen(name) + 2;
    char *path = malloc(n);
    if (path != NULL) snprintf(path, n, "%s/%s", folder, name);
    return path;
}

bool eot_output_has(const char *folder, const char *name) {
    struct stat information;
    char *path = eot_output_path(folder, name);
    bool is_there = path != NULL && stat(path, &information) == 0 &&
                    (S_ISDIR(information.st_mode) || (S_ISREG(information.st_mode) && information.st_size > 0));
    free(path);
    return is_there;
}

void eot_output_temporary_name(char *text, size_t n_text, const char *name) {
    snprintf(text, n_text, ".%s.%ld.tmp", name, (long)getpid());
}

static enum eot_status temporary_path(const char *folder, const char *name, char **path, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char temporary[MAX_NAME + 32];
    EOT_CHECK(strlen(name) <= MAX_NAME && strchr(name, '/') == NULL && name[0] != '\0', EOT_E_INTERNAL,
              "'%s' is no file name (empty, with '/', or above %d bytes)", name, MAX_NAME);
    eot_output_temporary_name(temporary, sizeof temporary, name);
    *path = eot_output_path(folder, temporary);
    EOT_CHECK_MEMORY(*path);
done:
    return status;
}

static const char *advice(int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return "free space or choose another folder with -o";
    case EACCES:
    case EPERM:
    case EROFS: return "choose a folder that can be written with -o";
    default: return "choose another folder with -o";
    }
}

/** Flush a file or folder by its path. Some file systems cannot flush folders and say EINVAL: nothing is lost by that.
 */
static int flush_path(const char *path, bool folder) {
    int descriptor = open(path, (folder ? O_RDONLY | O_DIRECTORY : O_RDWR) | O_CLOEXEC);
    if (descriptor < 0) return folder ? 0 : errno;
    int error = fsync(descriptor) == 0 || (folder && errno == EINVAL) ? 0 : errno;
    return close(descriptor) == 0 || error != 0 ? error : errno;
}

enum eot_status eot_output_commit(const char *folder, const char *name, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *temporary = NULL, *path = NULL;
    EOT_TRY(temporary_path(folder, name, &temporary, err));
    path = eot_output_path(folder, name);
    EOT_CHECK_MEMORY(path);
    int error = flush_path(temporary, false);
    if (error == 0 && rename(temporary, path) != 0) error = errno;
    if (error == 0) error = flush_path(folder, true);
    EOT_CHECK(error == 0, EOT_E_IO, "cannot write '%s' (%s); %s", path, strerror(error), advice(error));
done:
    if (status != EOT_OK && temporary != NULL) unlink(temporary);
    free(temporary);
    free(path);
    return status;
}

void eot_output_discard(const char *folder, const char *name) {
    char *temporary = NULL;
    if (temporary_path(folder, name, &temporary, NULL) == EOT_OK) unlink(temporary);
    free(temporary);
}

static int write_all(int descriptor, const unsigned char *bytes, size_t n_bytes) {
    while (n_bytes > 0) {
        ssize_t n = write(descriptor, bytes, n_bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        bytes += n;
        n_bytes -= (size_t)n;
    }
    return 0;
}

static bool is_folder(const char *path) {
    struct stat information;
    return stat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

/** mkdir -p; returns an errno. That a folder is there is asked of stat: for one that exists, mkdir's errno differs
 * between file systems. */
static int make_folders(char *path) {
    for (char *slash = path + 1;; slash++) {
        if (*slash != '/' && *slash != '\0') continue;
        char kept = *slash;
        *slash = '\0';
        int error = mkdir(path, 0777) == 0 ? 0 : errno;
        if (error != 0 && is_folder(path)) error = 0;
        *slash = kept;
        if (error != 0 || kept == '\0') return error == EEXIST ? ENOTDIR : error;
    }
}

/** A new file of that path, in a folder that is made again if it has vanished; returns a descriptor, or -1 and errno.
 * What has the name already is removed: it is a leftover of a process of the same number, and a link is not followed.
 */
static int create_file(const char *folder, const char *path) {
    int descriptor = -1;
    for (int i = 0; descriptor < 0 && i < 3; i++) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (descriptor >= 0) break;
        int error = errno;
        char *copy = error == ENOENT ? strdup(folder) : NULL;
        if (error == EEXIST)
            unlink(path);
        else if (copy == NULL || make_folders(copy) != 0)
            i = 3;
        free(copy);
        errno = error;
    }
    return descriptor;
}

/** Write a file under its temporary name. */
static enum eot_status write_temporary(const char *folder, const char *name, const void *bytes, size_t n_bytes,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *temporary = NULL;
    EOT_TRY(temporary_path(folder, name, &temporary, err));
    int descriptor = create_file(folder, temporary);
    int error = descriptor < 0 ? errno : write_all(descriptor, bytes, n_bytes);
    if (descriptor >= 0 && close(descriptor) != 0 && error == 0) error = errno;
    if (error != 0 && descriptor >= 0) unlink(temporary);
    EOT_CHECK(error == 0, EOT_E_IO, "cannot write '%s/%s' (%s); %s", folder, name, strerror(error), advice(error));
done:
    free(temporary);
    return status;
}

enum eot_status eot_output_write_file(const char *folder, const char *name, const void *bytes, size_t n_bytes,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_TRY(write_temporary(folder, name, bytes, n_bytes, err));
    EOT_TRY(eot_output_commit(folder, name, err));
done:
    return status;
}

enum eot_status eot_output_replace_file(const char *folder, const char *name, const char *previous, const void *bytes,
                                        size_t n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *temporary = NULL, *from = eot_output_path(folder, name), *to = eot_output_path(folder, previous);
    EOT_CHECK_MEMORY(from);
    EOT_CHECK_MEMORY(to);
    EOT_TRY(temporary_path(folder, name, &temporary, err));
    EOT_TRY(write_temporary(folder, name, bytes, n_bytes, err));
    int error = flush_path(temporary, false); /* the new one is whole on the disk before the old one gives its name */
    if (error == 0 && rename(from, to) != 0 && errno != ENOENT) error = errno;
    if (error != 0) unlink(temporary);
    EOT_CHECK(error == 0, EOT_E_IO, "cannot write '%s' (%s); %s", from, strerror(error), advice(error));
    EOT_TRY(eot_output_commit(folder, name, err));
done:
    free(temporary);
    free(from);
    free(to);
    return status;
}

enum eot_status eot_output_prepare(const char *folder, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    static const char probe[] = ".eotmc-probe"; /* not an empty file: on a full disk creating one still works */
    char *path = NULL, *file = NULL;
    EOT_CHECK(folder[0] != '\0', EOT_E_IO, "the name of the output folder is empty; give a folder with -o");
    path = strdup(folder);
    EOT_CHECK_MEMORY(path);
    int error = make_folders(path);
    EOT_CHECK(error == 0, EOT_E_IO, "cannot create the output folder '%s' (%s); %s", folder, strerror(error),
              advice(error));
    eot_stale_remove(folder, ".*.[0-9]*.tmp"); /* eot_output_temporary_name */
    EOT_TRY(eot_output_write_file(folder, probe, probe, sizeof probe, err));
    file = eot_output_path(folder, probe);
    EOT_CHECK_MEMORY(file);
    error = unlink(file) == 0 || errno == ENOENT ? 0 : errno;
    EOT_CHECK(error == 0, EOT_E_IO, "cannot remove '%s' again (%s); %s", file, strerror(error), advice(error));
done:
    free(file);
    free(path);
    return status;
}
