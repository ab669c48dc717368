/* eotmc submit: job files of a batch system for one run in parts. They are texts that a person can read and change;
 * this command starts nothing. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/plain.h"
#include "cli/cli.h"
#include "cli/option_rows.h"
#include "job/job.h"
#include "cli/preflight.h"
#include "output/file.h"
#include "output/gnuplot.h"
#include "output/output.h"

enum { CHECKPOINT_CODE = 85 }; /* of HTCondor's self-checkpointing jobs; the scripts for Slurm look for it, too */

struct request {
    const char *folder, *time, *partition, *account, *memory, *device;
    bool is_slurm, is_condor;
    uint64_t n_job, n_cpu, n_gpu;
    struct eot_text_list set, positional;
};

/* Where everything is, as absolute plain paths. */
struct places {
    char folder[PATH_MAX], program[PATH_MAX];
};

static enum eot_status find_places(const struct request *r, struct places *p, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    ssize_t n = readlink("/proc/self/exe", p->program, sizeof p->program - 1);
    EOT_CHECK(n > 0, EOT_E_IO, "cannot find out where this program is; is /proc mounted?");
    p->program[n] = '\0';
    EOT_TRY(eot_output_prepare(r->folder, err));
    EOT_CHECK(realpath(r->folder, p->folder) != NULL, EOT_E_IO, "cannot resolve the folder '%s'", r->folder);
    EOT_CHECK(eot_plain_is_path(p->folder) && eot_plain_is_path(p->program), EOT_E_USAGE,
              "the folder or the program has a name with blanks or signs (it becomes part of job files): '%s', '%s'; "
              "choose others",
              p->folder, p->program);
done:
    return status;
}

static enum eot_status check_request(const struct request *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct {
        const char *option, *value;
    } text[] = {{"time", r->time},
                {"partition", r->partition},
                {"account", r->account},
                {"memory", r->memory},
                {"device", r->device}};
    EOT_CHECK(r->is_slurm != r->is_condor, EOT_E_USAGE, "which batch system? give --slurm or --htcondor");
    EOT_CHECK(r->folder != NULL, EOT_E_USAGE, "no folder for the job files and the results; give one with -o DIR");
    EOT_CHECK(r->n_job > 0 && r->n_job <= 100000, EOT_E_USAGE,
              "option '--jobs' = %llu (not 1 to 100000); give e.g. --jobs 20", (unsigned long long)r->n_job);
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        EOT_CHECK(text[i].value == NULL || eot_plain_is_path(text[i].value), EOT_E_USAGE,
                  "option '--%s' = '%s' (characters that a job file must not have); use letters, digits and . _ : , / "
                  "only",
                  text[i].option, text[i].value);
done:
    return status;
}

static enum eot_status write_script(const char *folder, const char *name, struct eot_text *text, bool is_executable,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = eot_output_path(folder, name);
    EOT_CHECK_MEMORY(path);
    EOT_CHECK(!text->is_failed, EOT_E_MEMORY, "out of memory; free memory");
    EOT_TRY(eot_output_write_file(folder, name, text->text, text->n, err));
    if (is_executable) EOT_CHECK(chmod(path, 0755) == 0, EOT_E_IO, "cannot make '%s' executable", path);
done:
    free(path);
    eot_text_free(text);
    return status;
}

/* Lines that both scripts for Slurm have. */
static void add_slurm_head(struct eot_text *t, const struct request *r, const struct places *p, const char *name,
                           const char *log) {
    eot_text_add(t, "#!/bin/bash\n#SBATCH --job-name=%s\n#SBATCH --output=%s/logs/%s\n", name, p->folder, log);
    if (r->partition != NULL) eot_text_add(t, "#SBATCH --partition=%s\n", r->partition);
    if (r->account != NULL) eot_text_add(t, "#SBATCH --account=%s\n", r->account);
}

static enum eot_status write_slurm(const struct request *r, const struct places *p, const char *name,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text run = {0}, merge = {0};
    add_slurm_head(&run, r, p, name, "shard-%a.log");
    eot_text_add(&run, "#SBATCH --array=0-%llu\n", (unsigned long long)r->n_job - 1);
    eot_text_add(&run, "#SBATCH --cpus-per-task=%llu\n#SBATCH --mem=%s\n#SBATCH --time=%s\n",
                 (unsigned long long)r->n_cpu, r->memory, r->time);
    if (r->n_gpu > 0) eot_text_add(&run, "#SBATCH --gpus-per-task=%llu\n", (unsigned long long)r->n_gpu);
    eot_text_add(&run,
                 "# Killed tasks start again and go on; two minutes before the limit of time the state is saved.\n"
                 "#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --signal=B:USR1@120\n\n");
    eot_text_add(
        &run,
        "# One part of the run, by its number in the array. --resume: a task that was stopped goes on where it "
        "was.\n"
        "%s run %s/config.yaml -o %s --shard auto --resume --checkpoint-exit-code %d --progress none%s%s &\n"
        "pid=$!\n"
        "trap 'asked=1; kill -USR1 $pid 2>/dev/null' USR1 TERM\n"
        "while asked= && wait $pid; code=$?; [ -n \"$asked\" ]; do :; done # a signal ends wait, not the run\n"
        "# It was asked to stop and has saved its state, or something killed it (three times at most): once more from "
        "there.\n"
        "if [ $code -eq %d ] || { [ $code -gt 128 ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt 3 ]; }; then\n"
        "    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\"\n"
        "fi\n"
        "exit $code\n",
        p->program, p->folder, p->folder, CHECKPOINT_CODE, r->device != NULL ? " --device " : "",
        r->device != NULL ? r->device : "", CHECKPOINT_CODE);
    EOT_TRY(write_script(p->folder, "run.sbatch", &run, true, err));
    add_slurm_head(&merge, r, p, name, "merge.log");
    eot_text_add(&merge, "#SBATCH --mem=%s\n\n%s merge %s -o %s/result --force\n", r->memory, p->program, p->folder,
                 p->folder);
    EOT_TRY(write_script(p->folder, "merge.sbatch", &merge, true, err));
    printf("job=$(sbatch --parsable %s/run.sbatch) && sbatch --dependency=afterok:$job %s/merge.sbatch\n", p->folder,
           p->folder);
done:
    eot_text_free(&run);
    eot_text_free(&merge);
    return status;
}

static enum eot_status write_condor(const struct request *r, const struct places *p, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text run = {0}, merge = {0}, dag = {0};
    static const char common[] = "universe = vanilla\nshould_transfer_files = NO\ngetenv = True\n";
    eot_text_add(
        &run,
        "# The parts of a run, on machines that share the folder. A job that is evicted saves its state (it is "
        "sent SIGTERM, then has\n# job_max_vacate_time seconds), starts again and goes on from there.\n%s"
        "executable = %s\n"
        "arguments = run %s/config.yaml -o %s/shard-$(Process)-of-%llu --shard $(Process)/%llu --resume "
        "--checkpoint-exit-code %d --progress none%s%s\n"
        "output = %s/logs/shard-$(Process).out\nerror = %s/logs/shard-$(Process).err\nlog = %s/logs/run.log\n"
        "kill_sig = SIGTERM\njob_max_vacate_time = 60\n"
        "on_exit_remove = (ExitBySignal == False) && (ExitCode != %d)\n"
        "request_cpus = %llu\nrequest_memory = %s\n",
        common, p->program, p->folder, p->folder, (unsigned long long)r->n_job, (unsigned long long)r->n_job,
        CHECKPOINT_CODE, r->device != NULL ? " --device " : "", r->device != NULL ? r->device : "", p->folder,
        p->folder, p->folder, CHECKPOINT_CODE, (unsigned long long)r->n_cpu, r->memory);
    if (r->n_gpu > 0) eot_text_add(&run, "request_gpus = %llu\n", (unsigned long long)r->n_gpu);
    if (r->account != NULL) eot_text_add(&run, "accounting_group = %s\n", r->account);
    eot_text_add(&run, "queue %llu\n", (unsigned long long)r->n_job);
    EOT_TRY(write_script(p->folder, "run.sub", &run, false, err));
    eot_text_add(&merge,
                 "%sexecutable = %s\narguments = merge %s -o %s/result --force\noutput = %s/logs/merge.out\nerror = "
                 "%s/logs/merge.err\nlog = %s/logs/run.log\nrequest_cpus = 1\nrequest_memory = %s\nqueue\n",
                 common, p->program, p->folder, p->folder, p->folder, p->folder, p->folder, r->memory);
    EOT_TRY(write_script(p->folder, "merge.sub", &merge, false, err));
    eot_text_add(&dag, "JOB shards %s/run.sub\nJOB merge %s/merge.sub\nPARENT shards CHILD merge\n", p->folder,
                 p->folder);
    EOT_TRY(write_script(p->folder, "run.dag", &dag, false, err));
    printf("condor_submit_dag %s/run.dag\n", p->folder);
done:
    eot_text_free(&run);
    eot_text_free(&merge);
    eot_text_free(&dag);
    return status;
}

/* The run's configuration with its overrides, checked here, so that no job starts with a mistake in it. */
static enum eot_status write_config(const struct request *r, const struct places *p, struct eot_config *config,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_setup setup = {0};
    struct eot_findings findings = {0};
    const struct eot_log log = {.level = EOT_LOG_NORMAL};
    char *logs = eot_output_path(p->folder, "logs");
    EOT_CHECK_MEMORY(logs);
    EOT_TRY(eot_setup_create(config, &setup, err));
    EOT_TRY(eot_preflight(config, &setup, &log, &findings, NULL, err));
    uint64_t n_batch = (config->sampling.eot + config->sampling.batch - 1) / config->sampling.batch;
    EOT_CHECK(r->n_job <= n_batch, EOT_E_USAGE,
              "option '--jobs' = %llu (the run has %llu batches of sampling.batch = %llu, and a job needs one at "
              "least); ask for fewer jobs, or lower sampling.batch",
              (unsigned long long)r->n_job, (unsigned long long)n_batch, (unsigned long long)config->sampling.batch);
    EOT_TRY(eot_output_prepare(logs, err));
    EOT_TRY(
        eot_output_write_file(p->folder, "config.yaml", config->effective_yaml, strlen(config->effective_yaml), err));
done:
    free(logs);
    eot_findings_free(&findings);
    eot_setup_free(&setup);
    return status;
}

enum eot_status eot_cmd_submit(int argc, char **argv, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_help = false;
    struct request r = {.n_job = 10, .n_cpu = 1, .time = "08:00:00", .memory = "1G"};
    struct places p;
    struct eot_config config = {.name = ""};
    const struct eot_option table[] = {
        {"output", 'o', EOT_OPTION_TEXT, &r.folder, "DIR", "folder of the job files, parts and merged result"},
        {"slurm", 0, EOT_OPTION_FLAG, &r.is_slurm, NULL, "for Slurm: an array of jobs, and one that merges"},
        {"htcondor", 0, EOT_OPTION_FLAG, &r.is_condor, NULL,
         "for HTCondor (these files were not tried on a pool): a DAG of jobs, and one that merges"},
        {"jobs", 0, EOT_OPTION_POSITIVE, &r.n_job, "N", "parts of the run (default: 10)"},
        {"cpus", 0, EOT_OPTION_POSITIVE, &r.n_cpu, "N", "cores of a job (default: 1)"},
        {"gpus", 0, EOT_OPTION_COUNT, &r.n_gpu, "N", "GPUs of a job (default: 0)"},
        {"memory", 0, EOT_OPTION_TEXT, &r.memory, "SIZE", "of a job, as the batch system writes it (default: 1G)"},
        {"time", 0, EOT_OPTION_TEXT, &r.time, "TIME", "longest time of a job in Slurm (default: 08:00:00)"},
        {"partition", 0, EOT_OPTION_TEXT, &r.partition, "NAME", "Slurm's partition"},
        {"account", 0, EOT_OPTION_TEXT, &r.account, "NAME", "account, or accounting group of HTCondor"},
        EOT_ROW_SET(&r.set),
        EOT_ROW_DEVICES(&r.device),
    };
    const struct eot_command command = {
        .name = "submit",
        .arguments = "CONFIG",
        .min_positional = 1,
        .max_positional = 1,
        .option = table,
        .n_option = sizeof table / sizeof table[0],
        .summary =
            "Write job files for one run in parts: jobs that start again and go on when they are killed, and one "
            "that merges. Prints the command that starts them.\n"
            "They are meant to be read and changed; nothing is started here.",
        .example = "eotmc submit configs/na64e-dimuon.yaml -o out/big --slurm --jobs 100 --set sampling.eot=1e10"};
    EOT_TRY(eot_options_parse(&command, argc, argv, &r.positional, &is_help, err));
    if (is_help) goto done;
    EOT_TRY(check_request(&r, err));
    EOT_TRY(eot_config_read(r.positional.text[0], r.set.text, r.set.n, &config, err));
    EOT_CHECK(eot_plain_is_name(config.name), EOT_E_CONFIG,
              "name = '%s' (characters that a job file must not have); use letters, digits and . _ + - only",
              config.name);
    EOT_TRY(find_places(&r, &p, err));
    EOT_TRY(write_config(&r, &p, &config, err));
    if (r.is_slurm)
        EOT_TRY(write_slurm(&r, &p, config.name, err));
    else
        EOT_TRY(write_condor(&r, &p, err));
done:
    eot_config_free(&config);
    eot_text_list_free(&r.set);
    eot_text_list_free(&r.positional);
    return status;
}
