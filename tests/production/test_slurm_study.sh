#!/usr/bin/env bash
# The study of the paper (studies/na64e-paper) through its profile for Slurm: jobs by sbatch, two at a time, one of which is requeued in
# the middle and goes on. Its cross sections and one background only; the rest has the same rules.
eotmc=$1 source=$2
. "$source/tests/production/slurm.bash"
command -v snakemake >/dev/null || skip "no snakemake"
mkdir "$work/own" && cp -r "$source/studies" "$source/configs" "$work/own/" && cd "$work/own" || exit 1
study=studies/na64e-paper out=out/na64e-paper
sed -i -e "s,^eotmc: .*,eotmc: $eotmc," -e 's/^  quick: .*/  quick: {signal: 4000, dimuon: 8000, pion: 300000, kaon: 8000}/' $study/settings.yaml
snakemake -s $study/Snakefile --profile $study/profile/slurm --nolock $out/pion/summary.json $out/kaon/summary.json $out/figures/figure2.csv \
    $out/figures/figure4.csv >"$work/log" 2>&1 &
snakemake=$!
job=""
most=0
for _ in $(seq 3000); do
    kill -0 $snakemake 2>/dev/null || break
    n=$(squeue -h -o %i 2>/dev/null | wc -l)
    [ "$n" -le "$most" ] || most=$n
    if [ -z "$job" ] && [ -s $out/pion/effective-config.yaml ]; then
        for id in $(squeue -h -o '%i' -t RUNNING); do
            grep -q 'pion' <(scontrol show job "$id" -d 2>/dev/null; cat "slurm-logs/$id.txt" 2>/dev/null) && job=$id
        done
        [ -z "$job" ] || scontrol requeue "$job"
    fi
    sleep 0.1
done
wait $snakemake || fail "snakemake: $(tail -n 20 "$work/log")"
[ "$most" -le 2 ] || fail "$most jobs at a time"
[ "$most" -ge 1 ] || fail "no job went through Slurm"
[ -n "$job" ] || fail "the pions' job was not seen running"
[ -z "$job" ] || scontrol show job "$job" | grep -q 'Restarts=[1-9]' || fail "job $job was not started again"
for file in pion/summary.json kaon/summary.json figures/figure2.csv figures/figure4.csv; do [ -s "$out/$file" ] || fail "no $file"; done
# the bits of a run that nothing stopped
"$eotmc" run $study/pion.yaml --set sampling.eot=300000 -o "$work/whole" --progress none >/dev/null 2>&1 || fail "the pions by themselves"
entry() { sed -nE "s/.*\"tally_sha256\": (.*[^,]),?\$/\1/p" "$1/summary.json" | head -1; }
[ -n "$(entry $out/pion)" ] && [ "$(entry $out/pion)" = "$(entry "$work/whole")" ] || fail "the requeued pions are not those of one run"
[ $n_failed -eq 0 ] && echo "four jobs of the study on Slurm, one requeued: the bits of one run"
exit $((n_failed > 0))
